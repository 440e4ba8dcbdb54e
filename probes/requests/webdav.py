"""The one WebDAV question that is ever asked: which files and folders lie in a folder (RFC 4918, 9.1)."""

from __future__ import annotations

from probes.requests.http import Request

# Depth 1 asks for the folder and its children; the deeper depth is never sent.
_HEADERS = (("Depth", "1"), ("Content-Type", "application/xml; charset=utf-8"))
# By name: asked for all properties (no body), WsgiDAV fails at a folder in which one name cannot stand in XML.
_PROPERTIES = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/>'
    b"<getlastmodified/></prop></propfind>"
)


def propfind(path: str, take: int) -> Request:
    """Ask for the children of the folder at `path`; of the answer at most `take` bytes are read."""
    return Request("PROPFIND", path, take, _HEADERS, _PROPERTIES)
