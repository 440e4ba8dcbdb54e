"""What NFS 3 and 4 servers answer, with their portmapper and mount service: values of XDR (RFC 4506)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from probes.recognise.shares.rows import ShareRow, at

OK: Final = 0
ACCESS: Final = frozenset({1, 13, 10016, 10015, 10007})
"""Not the owner, no access, wrong security flavour, and others that refuse."""
WRONGSEC: Final = 10016
NOENT: Final = 2
NOTDIR: Final = 20
_DIRECTORY, _FILE = 2, 1
_LONGEST_NAME: Final = 4096


class Malformed(ValueError):
    """An answer that is no XDR of what was asked."""


class _Xdr:
    """Reads values one after the other. Raises Malformed past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def u64(self) -> int:
        return int.from_bytes(self.take(8), "big")

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise Malformed("an answer that ends too early")
        found = self._data[self._at : end]
        self._at = end
        return found

    def opaque(self) -> bytes:
        size = self.u32()
        found = self.take(size)
        self.take(-size % 4)
        return found


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that was not answered by its procedure: denied, or not offered."""

    denied: bool
    """Whether our account is what is refused (AUTH_TOOWEAK and the like); else the program or version is not there."""


def results(record: bytes, number: int) -> _Xdr | Refused:
    """What the procedure of a call returned. `record` is without its marks. Raises Malformed."""
    xdr = _Xdr(record)
    if xdr.u32() != number or xdr.u32() != 1:
        raise Malformed("no reply to our call")
    if xdr.u32() != 0:
        return Refused(denied=xdr.u32() == 1)
    xdr.u32()
    xdr.opaque()
    status = xdr.u32()
    if status in (1, 2, 3):
        return Refused(denied=False)
    if status != 0:
        raise Malformed("a call that the server could not read")
    return xdr


@dataclass(slots=True)
class Page:
    """One answer to a question for a folder's list."""

    status: int
    rows: list[ShareRow] = field(default_factory=list)
    systems: dict[bytes, bytes] = field(default_factory=dict)
    """Of each folder the file system that it lies on, where NFS 4 tells it."""
    system: bytes = b""
    """The file system of the listed folder itself."""
    handles: dict[bytes, bytes] = field(default_factory=dict)
    """Handles of what was listed, by NFS 3."""
    cookie: int = 0
    verifier: bytes = bytes(8)
    whole: bool = True


def page4(xdr: _Xdr, path: bytes) -> Page:
    """The list of a folder by NFS 4. Raises Malformed."""
    status = xdr.u32()
    xdr.opaque()
    page = Page(status)
    for _ in range(min(xdr.u32(), 300)):
        operation, one = xdr.u32(), xdr.u32()
        if one != OK:
            page.status = one
            return page
        if operation == 9:
            _, page.system, _ = _attributes(xdr)
        elif operation == 26:
            page.verifier = xdr.take(8)
            while xdr.u32():
                page.cookie, name = xdr.u64(), xdr.opaque()
                row, system, failed = _attributes(xdr)
                if not name or len(name) > _LONGEST_NAME or b"/" in name:
                    raise Malformed("a name that no file has")
                if not failed and row is not None:
                    page.rows.append(ShareRow(name, row.folder, row.size, row.modified))
                    page.systems[name] = system
                elif failed:
                    page.rows.append(ShareRow(name, True))
                    page.systems[name] = b"refused"
            page.whole = bool(xdr.u32())
    return page


def _attributes(xdr: _Xdr) -> tuple[ShareRow | None, bytes, bool]:
    """A row without its name, its file system, and whether the entry itself could not be read."""
    words = [xdr.u32() for _ in range(min(xdr.u32(), 4))]
    values = _Xdr(xdr.opaque())
    given = words[0] if words else 0
    kind = values.u32() if given & 1 << 1 else 0
    size = values.u64() if given & 1 << 4 else None
    system = values.take(16) if given & 1 << 8 else b""
    error = values.u32() if given & 1 << 11 else 0
    when = None
    if len(words) > 1 and words[1] & 1 << 21:
        when = at(struct.unpack(">q", values.take(8))[0])
        values.u32()
    row = ShareRow(b"", kind == _DIRECTORY, size if kind == _FILE else None, when) if kind else None
    return row, system, bool(error)


def read4(xdr: _Xdr) -> tuple[int, bytes]:
    """The status of a READ by NFS 4, and what came. Raises Malformed."""
    status = xdr.u32()
    xdr.opaque()
    for _ in range(min(xdr.u32(), 300)):
        operation, one = xdr.u32(), xdr.u32()
        if one != OK:
            return one, b""
        if operation == 25:
            xdr.u32()
            return OK, xdr.opaque()
    return status, b""


def page3(xdr: _Xdr) -> Page:
    """The list of a folder by NFS 3 (READDIRPLUS). Raises Malformed."""
    page = Page(xdr.u32())
    _maybe_attributes(xdr)
    if page.status != OK:
        return page
    page.verifier = xdr.take(8)
    while xdr.u32():
        xdr.u64()
        name = xdr.opaque()
        page.cookie = xdr.u64()
        row = _maybe_attributes(xdr)
        handle = xdr.opaque() if xdr.u32() else b""
        if not name or len(name) > _LONGEST_NAME or b"/" in name:
            raise Malformed("a name that no file has")
        if name in (b".", b".."):
            continue
        page.rows.append(
            ShareRow(name, row.folder if row else False, row.size if row else None, row.modified if row else None)
        )
        page.handles[name] = handle
    page.whole = bool(xdr.u32())
    return page


def _maybe_attributes(xdr: _Xdr) -> ShareRow | None:
    if not xdr.u32():
        return None
    kind = xdr.u32()
    xdr.take(16)
    size = xdr.u64()
    xdr.take(8 + 8 + 8 + 8 + 8)
    when = at(xdr.u32())
    xdr.take(4 + 8)
    return ShareRow(b"", kind == _DIRECTORY, size if kind == _FILE else None, when)


def read3(xdr: _Xdr) -> tuple[int, bytes]:
    """The status of a READ by NFS 3, and what came. Raises Malformed."""
    status = xdr.u32()
    _maybe_attributes(xdr)
    if status != OK:
        return status, b""
    xdr.u32(), xdr.u32()
    return status, xdr.opaque()


def handle3(xdr: _Xdr) -> tuple[int, bytes]:
    """The status of a LOOKUP, and the handle. Raises Malformed."""
    status = xdr.u32()
    return (status, xdr.opaque()) if status == OK else (status, b"")


def mounted(xdr: _Xdr) -> tuple[int, bytes]:
    """The status of a MNT, and the handle; WRONGSEC where neither nobody nor a plain number is let in. Raises
    Malformed."""
    status, handle = handle3(xdr)
    flavours = {xdr.u32() for _ in range(min(xdr.u32(), 32))} if status == OK else {1}
    return (status, handle) if flavours & {0, 1} or not flavours else (WRONGSEC, b"")


def exports(xdr: _Xdr) -> tuple[bytes, ...]:
    """The folders that a mount service exports. Raises Malformed."""
    found: list[bytes] = []
    while xdr.u32() and len(found) < 1000:
        found.append(xdr.opaque())
        while xdr.u32():
            xdr.opaque()
    return tuple(dict.fromkeys(name for name in found if name.startswith(b"/")))


def port(xdr: _Xdr) -> int:
    """The port that a portmapper names; 0 for none. Raises Malformed."""
    return xdr.u32()
