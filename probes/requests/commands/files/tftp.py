"""TFTP (RFC 1350) with the option that tells a file's size (RFC 2349): ask for a file, and take nothing of it."""

from __future__ import annotations

from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line


def _request(asker: Asker, name: str) -> bytes:
    return b"\0\1" + one_line(name) + b"\0octet\0tsize\x000\0"


TFTP: Verbs = MappingProxyType(
    {
        "RRQ": Verb(_request, "whether it would send a file, and how large that is"),
        "ERROR": Verb(fixed(b"\0\5\0\0no more\0"), "send no more"),
    }
)
