"""RTSP 1.0 (RFC 2326): what a stream is. It is never set up, and never played."""

from __future__ import annotations

from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, one_line


def _describe(asker: Asker, number: int, host: str, path: str) -> bytes:
    where = one_line(f"rtsp://{host}/{path.lstrip('/')}")
    if b" " in where:
        raise ValueError("a path of more than one word")
    lines = [b"DESCRIBE " + where + b" RTSP/1.0", b"CSeq: %d" % number, b"User-Agent: " + one_line(asker.name)]
    return b"\r\n".join([*lines, b"From: " + one_line(asker.contact), b"Accept: application/sdp", b"", b""])


RTSP: Verbs = MappingProxyType({"DESCRIBE": Verb(_describe, "of what a stream consists")})
