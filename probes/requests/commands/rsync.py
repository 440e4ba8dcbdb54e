"""The rsync daemon's protocol, as of version 27, which all daemons still speak."""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line


def _module(asker: Asker, name: str | bytes) -> bytes:
    told = one_line(name)
    if told.startswith(b"#"):
        raise ValueError("a command of the daemon is no module")
    return told + b"\n"


def _list(asker: Asker, name: str | bytes, deep: int = 0) -> bytes:
    # The options that the client's program sends for `rsync --list-only`: the other side only ever sends.
    options = [b"--server", b"--sender", b"-tr" if deep else b"-td", b".", one_line(name) + b"/"]
    return b"".join(option + b"\n" for option in options) + b"\n"


RSYNC: Verbs = MappingProxyType(
    {
        "hello": Verb(fixed(b"@RSYNCD: 27\n"), "the version that we speak"),
        "#list": Verb(fixed(b"#list\n"), "the modules that the daemon shows"),
        "module": Verb(_module, "enter a module"),
        "list": Verb(_list, "list a module, as `rsync --list-only`"),
        "no filters": Verb(fixed(struct.pack("<i", 0)), "the end of an empty list of filters"),
        "first bytes": Verb(
            lambda asker, index: struct.pack("<iiiii", index, 0, 700, 2, 0), "send one file of the list, by its number"
        ),
        "end": Verb(fixed(struct.pack("<i", -1)), "no more files are wanted"),
    }
)
