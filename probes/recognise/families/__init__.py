"""Every family of listings that is known, one line each, in the order in which they are tried."""

from __future__ import annotations

from probes.recognise.families import (
    apache,
    caddy,
    iis,
    jetty,
    lighttpd,
    litespeed,
    nginx,
    python_server,
    tomcat,
)
from probes.recognise.family import Family

FAMILIES: tuple[Family, ...] = (
    iis.FAMILY,
    litespeed.FAMILY,
    lighttpd.FAMILY,
    caddy.FAMILY,
    jetty.FAMILY,
    tomcat.FAMILY,
    nginx.FANCY,
    apache.FAMILY,
    nginx.FAMILY,
    python_server.FAMILY,
)
