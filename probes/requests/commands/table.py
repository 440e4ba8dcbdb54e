"""The closed list: every byte that leftopen ever sends over a bare connection is spelled here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from probes.requests.commands.brokers import AMQP, MQTT
from probes.requests.commands.command import Asker, Command, Verbs
from probes.requests.commands.databases import CASSANDRA, ETCD, LDAP, MYSQL, POSTGRESQL
from probes.requests.commands.dicom import DICOM
from probes.requests.commands.files.ftp import FTP
from probes.requests.commands.files.iscsi import ISCSI
from probes.requests.commands.files.netbios import NETBIOS
from probes.requests.commands.files.nfs import NFS
from probes.requests.commands.files.repositories import GIT, SVN
from probes.requests.commands.files.rsync import RSYNC
from probes.requests.commands.files.smb import SMB2
from probes.requests.commands.files.smb1 import SMB1
from probes.requests.commands.files.tftp import TFTP
from probes.requests.commands.rtsp import RTSP
from probes.requests.commands.stores import MEMCACHED, MONGODB, NATS, REDIS, ZOOKEEPER

TABLE: Mapping[str, Verbs] = MappingProxyType(
    {
        "amqp": AMQP,
        "cassandra": CASSANDRA,
        "dicom": DICOM,
        "etcd": ETCD,
        "ftp": FTP,
        "git": GIT,
        "iscsi": ISCSI,
        "ldap": LDAP,
        "memcached": MEMCACHED,
        "mongodb": MONGODB,
        "mqtt": MQTT,
        "mysql": MYSQL,
        "nats": NATS,
        "postgresql": POSTGRESQL,
        "redis": REDIS,
        "nfs": NFS,
        "rsync": RSYNC,
        "rtsp": RTSP,
        "smb": MappingProxyType({**SMB2, **SMB1, **NETBIOS}),
        "svn": SVN,
        "tftp": TFTP,
        "zookeeper": ZOOKEEPER,
    }
)

NAMES_PORTS = frozenset({"ftp", "nfs"})
"""Protocols whose servers name another port of theirs for a dialogue to go on at."""
HELPER_PORTS: Mapping[str, frozenset[int]] = MappingProxyType({"nfs": frozenset({111})})
"""Ports that belong to a protocol itself: the portmapper tells where the parts of NFS 3 listen."""


def spelled(command: Command, asker: Asker) -> bytes:
    """The bytes of a command. Raises ValueError for one that is not in the table, or for arguments that do not fit."""
    verb = TABLE.get(command.protocol, {}).get(command.verb)
    if verb is None:
        raise ValueError(f"{command.protocol} {command.verb} is not in the table of commands")
    try:
        return verb.spell(asker, *command.arguments)
    except TypeError as error:
        raise ValueError(f"{command.protocol} {command.verb}: {error}") from None
