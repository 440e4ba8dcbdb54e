"""The services that are looked at: each with its word in the inventory, its port, and the preset that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Preset(StrEnum):
    """A group of services that an owner may name as one."""

    FILES = "files"
    HEALTH = "health"
    DATA = "data"
    RECOMMENDED = "recommended"
    RECORDER = "recorder"
    """What recorders, cameras and network disks give away, with the default names of their shares and streams."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service as the inventory names it."""

    word: str
    port: int
    """Its usual port, which a preset asks."""
    preset: Preset | None
    """The preset that asks it; None: it is asked where its owner lists it by itself."""
    protocol: str = ""
    """The protocol that it speaks, where that is not its own word."""
    tls: bool = False
    """Whether it is spoken to in TLS from its first byte."""
    names: str = ""
    """What its owner may name, so that it is tried although nothing lists it; empty: nothing."""

    @property
    def speaks(self) -> str:
        """What `ServiceTarget.speaks` says: its probe and the kind of its findings are called so."""
        return self.protocol or self.word


_ALL = (
    Service("ftp", 21, Preset.FILES, names="paths"),
    Service("ftps", 990, Preset.FILES, protocol="ftp", tls=True, names="paths"),
    Service("rsync", 873, Preset.FILES, names="modules"),
    Service("smb", 445, Preset.FILES, names="shares"),
    Service("smb-139", 139, Preset.FILES, protocol="smb", names="shares"),
    Service("rtsp", 554, Preset.FILES, names="paths of streams"),
    Service("dicom", 104, Preset.HEALTH, names="application entity titles"),
    Service("dicom-11112", 11112, Preset.HEALTH, protocol="dicom", names="application entity titles"),
    Service("dicom-4242", 4242, Preset.HEALTH, protocol="dicom", names="application entity titles"),
    Service("nfs", 2049, Preset.FILES, names="exports"),
    Service("redis", 6379, Preset.DATA),
    Service("memcached", 11211, Preset.DATA),
    Service("zookeeper", 2181, Preset.DATA, names="nodes"),
    Service("mongodb", 27017, Preset.DATA),
    Service("mqtt", 1883, Preset.DATA, names="topics"),
    Service("nats", 4222, Preset.DATA),
    Service("elasticsearch", 9200, Preset.DATA),
    Service("docker", 2375, Preset.DATA),
    Service("prometheus", 9090, Preset.DATA),
    Service("tftp", 69, None, names="files"),
    Service("iscsi", 3260, Preset.FILES, names="targets"),
    Service("hl7", 2575, Preset.HEALTH),
    Service("amqp", 5672, Preset.DATA),
    Service("postgresql", 5432, Preset.DATA, names="databases"),
    Service("mysql", 3306, Preset.DATA),
    Service("ldap", 389, Preset.DATA, names="trees"),
    Service("ldaps", 636, Preset.DATA, protocol="ldap", tls=True, names="trees"),
    Service("etcd", 2379, Preset.DATA),
    Service("cassandra", 9042, Preset.DATA),
    Service("git", 9418, Preset.DATA, names="repositories"),
    Service("svn", 3690, Preset.DATA, names="repositories"),
    Service("couchdb", 5984, Preset.DATA, names="databases"),
    Service("clickhouse", 8123, Preset.DATA),
    Service("influxdb", 8086, Preset.DATA),
    Service("kibana", 5601, Preset.DATA),
    Service("grafana", 3000, Preset.DATA),
    Service("consul", 8500, Preset.DATA),
    Service("solr", 8983, Preset.DATA, names="cores"),
    Service("jupyter", 8888, Preset.DATA),
    Service("registry", 5000, Preset.DATA, names="repositories"),
    Service("kubernetes", 6443, Preset.DATA, tls=True),
    Service("kubelet", 10250, Preset.DATA, tls=True),
    Service("kubelet-10255", 10255, Preset.DATA, protocol="kubelet"),
    Service("rabbitmq", 15672, Preset.DATA),
    Service("webhdfs", 9870, Preset.DATA, names="folders"),
    Service("orthanc", 8042, Preset.HEALTH),
    Service("fhir", 8080, Preset.HEALTH, names="base paths"),
    Service("dicomweb", 8080, None, names="base paths"),
)

SERVICES: Mapping[str, Service] = MappingProxyType({one.word: one for one in _ALL})
"""All of them by word, in the order in which they are asked."""

SPEAKS = frozenset(one.speaks for one in _ALL)
"""The protocols: also the kinds of the findings about services."""


OVER_HTTP = frozenset(
    {
        "elasticsearch", "docker", "prometheus", "couchdb", "clickhouse", "influxdb", "kibana", "grafana", "consul",
        "solr", "jupyter", "registry", "kubernetes", "kubelet", "rabbitmq", "webhdfs", "orthanc", "fhir", "dicomweb",
        "etcd",
    }
)  # fmt: skip
"""Those that are asked over HTTP, whose requests say who asks in User-Agent and From."""


_OF_RECORDERS = frozenset({"ftp", "ftps", "rsync", "smb", "smb-139", "nfs", "rtsp"})


def of_preset(preset: Preset) -> tuple[Service, ...]:
    """The services that a preset asks at their usual ports."""
    if preset is Preset.RECORDER:
        return tuple(one for one in _ALL if one.word in _OF_RECORDERS)
    return tuple(one for one in _ALL if one.preset is not None and preset in (Preset.RECOMMENDED, one.preset))
