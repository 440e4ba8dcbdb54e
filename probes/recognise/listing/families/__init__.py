"""Every family of listings that is known, one line each, in the order in which they are tried."""

from __future__ import annotations

from probes.recognise.listing.families import (
    apache,
    caddy,
    drawn,
    dressed,
    hfs,
    iis,
    jetty,
    lighttpd,
    litespeed,
    nginx,
    python_server,
    rust,
    small,
    tomcat,
)
from probes.recognise.listing.family import Family

FAMILIES: tuple[Family, ...] = (
    rust.DUFS,
    drawn.CALLS,
    drawn.PCLOUD,
    iis.FAMILY,
    litespeed.FAMILY,
    lighttpd.FAMILY,
    rust.MINISERVE,
    hfs.FAMILY,
    *dressed.FAMILIES,
    caddy.RCLONE,
    caddy.FAMILY,
    jetty.FAMILY,
    tomcat.FAMILY,
    small.SERVE,
    small.SERVE_INDEX,
    small.HTTP_SERVER,
    small.WEBFS,
    small.WEBRICK,
    small.WEBORF,
    small.COPYPARTY,
    small.UPDOG,
    small.THTTPD,
    small.MINI_HTTPD,
    small.DARKHTTPD,
    small.GO,
    nginx.FANCY,
    apache.FAMILY,
    apache.PLAIN,
    nginx.FAMILY,
    python_server.FAMILY,
)
