"""Every probe, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from probes.api import BucketTarget, Dialect, Probe, WebTarget
from probes.buckets.azure import AZURE_CONTAINER
from probes.buckets.gcs import GCS_BUCKET
from probes.buckets.oci import OCI_BUCKET
from probes.buckets.s3 import S3_BUCKET
from probes.buckets.swift import SWIFT_CONTAINER
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA

PROBES: tuple[Probe[WebTarget], ...] = (
    HTTP_LISTING,
    HTTP_MEDIA,
)

STORE_PROBES: Mapping[Dialect, Probe[BucketTarget]] = MappingProxyType(
    {
        Dialect.S3: S3_BUCKET,
        Dialect.SWIFT: SWIFT_CONTAINER,
        Dialect.AZURE: AZURE_CONTAINER,
        Dialect.GCS: GCS_BUCKET,
        Dialect.OCI: OCI_BUCKET,
    }
)

CATALOGUE: tuple[Probe[WebTarget] | Probe[BucketTarget], ...] = (*PROBES, *STORE_PROBES.values())
"""All of them, for people."""
