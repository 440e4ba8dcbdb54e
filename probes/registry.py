"""Every probe, one line each."""

from __future__ import annotations

from probes.contract import BucketTarget, Dialect, Probe, WebTarget
from probes.http.listing import HTTP_LISTING
from probes.http.media import HTTP_MEDIA

PROBES: tuple[Probe[WebTarget], ...] = (
    HTTP_LISTING,
    HTTP_MEDIA,
)

STORE_PROBES: dict[Dialect, Probe[BucketTarget]] = {}
