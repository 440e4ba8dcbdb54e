"""The rsync daemon's protocol, as of version 27, which all daemons still speak."""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line

HELLO = b"@RSYNCD: 27\n"
"""The version that we speak. The daemon says nothing to it, so it is sent with what follows."""


def _module(asker: Asker, name: str | bytes) -> bytes:
    told = one_line(name)
    if told.startswith(b"#"):
        raise ValueError("a command of the daemon is no module")
    return HELLO + told + b"\n"


def _list(asker: Asker, name: str | bytes, deep: int = 0) -> bytes:
    # The options that the client's program sends for `rsync --list-only`: the other side only ever sends.
    options = [b"--server", b"--sender", b"-tr" if deep else b"-td", b".", one_line(name) + b"/"]
    # Behind them the end of an empty list of filters.
    return b"".join(option + b"\n" for option in options) + b"\n" + struct.pack("<i", 0)


RSYNC: Verbs = MappingProxyType(
    {
        "#list": Verb(fixed(HELLO + b"#list\n"), "the modules that the daemon shows"),
        "module": Verb(_module, "enter a module"),
        "list": Verb(_list, "list a module, as `rsync --list-only`"),
        "first bytes": Verb(
            lambda asker, index: struct.pack("<iiiii", index, 0, 700, 2, 0), "send one file of the list, by its number"
        ),
        "end": Verb(fixed(struct.pack("<i", -1)), "no more files are wanted"),
    }
)
