"""Every probe, found by its name: the name and a target are all that another process needs to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias, assert_never

from probes.api import BucketTarget, Dialect, Place, Probe, ServiceTarget, WebTarget
from probes.buckets.azure import AZURE_CONTAINER
from probes.buckets.dangling import DANGLING_NAME
from probes.buckets.gcs import GCS_BUCKET
from probes.buckets.oci import OCI_BUCKET
from probes.buckets.s3 import S3_BUCKET
from probes.buckets.swift import SWIFT_CONTAINER
from probes.dispatch.mail import DISPATCHED
from probes.eservices.portal import ESERVICE_PORTAL
from probes.eservices.role_matrix import ROLE_MATRIX
from probes.logs.access_log import ACCESS_LOG
from probes.names.closed_name import CLOSED_NAME
from probes.services.files.ftp import FTP, FtpTree
from probes.services.files.iscsi import ISCSI
from probes.services.files.nfs import NFS, NfsTree
from probes.services.files.rsync import RSYNC
from probes.services.files.smb import SMB, SmbTree
from probes.services.files.tftp import TFTP
from probes.services.files.tree import Tree
from probes.services.health.dicom import DICOM
from probes.services.health.hl7 import HL7
from probes.services.ports import SERVICE_PORTS
from probes.services.rtsp import RTSP
from probes.services.stores.amqp import AMQP
from probes.services.stores.cassandra import CASSANDRA
from probes.services.stores.etcd import ETCD
from probes.services.stores.ldap import LDAP
from probes.services.stores.memcached import MEMCACHED
from probes.services.stores.mongodb import MONGODB
from probes.services.stores.mqtt import MQTT
from probes.services.stores.mysql import MYSQL
from probes.services.stores.nats import NATS
from probes.services.stores.postgresql import POSTGRESQL
from probes.services.stores.redis import REDIS
from probes.services.stores.repositories import GIT, SVN
from probes.services.stores.zookeeper import ZOOKEEPER
from probes.services.web.imaging import IMAGING
from probes.services.web.stores import WEB_STORES
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA

AnyProbe: TypeAlias = Probe[WebTarget] | Probe[BucketTarget] | Probe[ServiceTarget]

WEB_PROBES: tuple[Probe[WebTarget], ...] = (
    HTTP_LISTING,
    HTTP_MEDIA,
    ESERVICE_PORTAL,
    ROLE_MATRIX,
    ACCESS_LOG,
    DISPATCHED,
)
"""Those that look at a web endpoint."""

_BUCKET_PROBES = (S3_BUCKET, SWIFT_CONTAINER, AZURE_CONTAINER, GCS_BUCKET, OCI_BUCKET, DANGLING_NAME)
_SERVICE_PROBES = (
    SERVICE_PORTS,
    FTP,
    RSYNC,
    RTSP,
    SMB,
    NFS,
    DICOM,
    REDIS,
    MEMCACHED,
    ZOOKEEPER,
    MONGODB,
    MQTT,
    NATS,
    TFTP,
    ISCSI,
    HL7,
    AMQP,
    POSTGRESQL,
    MYSQL,
    LDAP,
    ETCD,
    CASSANDRA,
    GIT,
    SVN,
    *WEB_STORES,
    *IMAGING,
)
_ALL: tuple[AnyProbe, ...] = (*WEB_PROBES, CLOSED_NAME, *_BUCKET_PROBES, *_SERVICE_PROBES)

PROBES: Mapping[str, AnyProbe] = MappingProxyType({probe.name: probe for probe in _ALL})
"""All of them by name. A probe that is not here is never run."""


def tree_of(target: ServiceTarget, place: Place) -> Tree:
    """The folders behind a file service, for a survey. Raises KeyError for what has none."""
    return TREES[target.speaks](target, place)


TREES: Mapping[str, Callable[[ServiceTarget, Place], Tree]] = MappingProxyType(
    {"ftp": FtpTree, "smb": SmbTree, "nfs": NfsTree}
)
"""The file services whose folders a survey walks one by one, by protocol."""

AT_ONCE = frozenset({"rsync"})
"""Those that list a place with all below it over one connection."""


SURVEYED = AT_ONCE | TREES.keys()
"""The protocols of services whose extent is measured."""


def service_probe(speaks: str) -> Probe[ServiceTarget]:
    """The probe of the services that speak a protocol of the catalogue."""
    return _BY_PROTOCOL[speaks]


_BY_PROTOCOL = {probe.name: probe for probe in _SERVICE_PROBES}


def bucket_probe(dialect: Dialect) -> Probe[BucketTarget]:
    """The probe of the buckets that speak `dialect`."""
    match dialect:
        case Dialect.S3:
            return S3_BUCKET
        case Dialect.SWIFT:
            return SWIFT_CONTAINER
        case Dialect.AZURE:
            return AZURE_CONTAINER
        case Dialect.GCS:
            return GCS_BUCKET
        case Dialect.OCI:
            return OCI_BUCKET
    assert_never(dialect)
