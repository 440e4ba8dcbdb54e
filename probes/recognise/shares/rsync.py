"""What an rsync daemon of protocol 27 sends: modules, and the frames of a file list."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import Final

from probes.recognise.shares.rows import ShareRow, at

_LONGEST: Final = 4096
"""Bytes of a path, at most: PATH_MAX of every system that rsync runs on."""
_DATA, _ERRORS = 7, frozenset({8, 10})
_SAME_MODE, _SAME_NAME, _LONG_NAME, _SAME_TIME = 1 << 1, 1 << 5, 1 << 6, 1 << 7

OK: Final = b"@RSYNCD: OK\n"
ENDS: Final = (b"@RSYNCD: OK", b"@RSYNCD: AUTHREQD", b"@RSYNCD: EXIT", b"@ERROR")
"""How the lines begin that end a daemon's answer, as they do when its message of the day holds them."""


class NotAList(ValueError):
    """Bytes that are no file list."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One entry of a file list: a path below the module, and what the daemon says of it."""

    path: bytes
    size: int
    time: int
    mode: int

    @property
    def file(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.mode)

    @property
    def folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.mode)

    def row(self) -> ShareRow:
        """It as a row of the folder that it lies in."""
        return ShareRow(self.path.rpartition(b"/")[2], self.folder, self.size if self.file else None, at(self.time))


def modules(data: bytes) -> tuple[bytes, ...]:
    """The names of the modules that a daemon lists, each once: lines of a name, a tab and a comment, before its end."""
    body = data.partition(b"@RSYNCD: EXIT")[0]
    found = (line.partition(b"\t") for line in body.split(b"\n"))
    names = (name.rstrip(b" ") for name, tab, _ in found if tab)
    return tuple(dict.fromkeys(name for name in names if name and not name.startswith(b"@")))


class FileList:
    """Reads a file list from the frames that carry it, as they come. What it has read, `entries` holds until taken."""

    def __init__(self) -> None:
        self._frames = bytearray()
        self._tag = self._left = 0
        self._list = bytearray()
        self._path, self._time, self._mode = b"", 0, 0
        self.entries: list[FileEntry] = []
        self.whole = False
        self.rest = bytearray()
        """What came behind the list: four bytes of how reading went, then what was asked for next."""
        self.errors = b""
        """What the daemon complained of; its words may hold names."""

    def feed(self, data: bytes) -> None:
        """Read more of it. Raises NotAList."""
        self._frames += data
        self._unframe()
        if not self.whole:
            self._read()

    def _unframe(self) -> None:
        """Sort what came by the kind of its frame; of a frame that is under way, what there is of it."""
        frames, begin = self._frames, 0
        while begin < len(frames):
            if not self._left:
                if len(frames) - begin < 4:
                    break
                head = int.from_bytes(frames[begin : begin + 4], "little")
                begin += 4
                self._tag, self._left = head >> 24, head & 0xFFFFFF
                if not _DATA <= self._tag <= _DATA + 101:
                    raise NotAList("a frame of no kind that is known")
                continue
            body = frames[begin : begin + self._left]
            begin += len(body)
            self._left -= len(body)
            if self._tag == _DATA:
                (self.rest if self.whole else self._list).extend(body)
            elif self._tag in _ERRORS:
                self.errors = (self.errors + body)[:_LONGEST]
        del frames[:begin]

    def _read(self) -> None:
        """Read what entries are whole; a list is up to a few hundred entries behind what came."""
        data, begin, size = self._list, 0, len(self._list)
        path, time, mode, entries = self._path, self._time, self._mode, self.entries
        while begin < size:
            flags = data[begin]
            if not flags:
                self.whole = True
                self.rest += data[begin + 1 :]
                begin = size
                break
            at_ = begin + 1
            if size - at_ < 26 + _LONGEST and not _fits(data, begin, size, flags):
                break
            shared = 0
            if flags & _SAME_NAME:
                shared = data[at_]
                at_ += 1
            if flags & _LONG_NAME:
                length = int.from_bytes(data[at_ : at_ + 4], "little")
                at_ += 4
            else:
                length = data[at_]
                at_ += 1
            if shared > len(path) or not 0 < shared + length <= _LONGEST:
                raise NotAList("a name that no path has")
            path = path[:shared] + bytes(data[at_ : at_ + length])
            at_ += length
            file_size = int.from_bytes(data[at_ : at_ + 4], "little")
            at_ += 4
            if file_size == 0xFFFFFFFF:
                file_size = int.from_bytes(data[at_ : at_ + 8], "little")
                at_ += 8
            if not flags & _SAME_TIME:
                time = int.from_bytes(data[at_ : at_ + 4], "little", signed=True)
                at_ += 4
            if not flags & _SAME_MODE:
                mode = int.from_bytes(data[at_ : at_ + 4], "little")
                at_ += 4
            if path != b".":
                entries.append(FileEntry(path, file_size, time, mode))
            begin = at_
        self._path, self._time, self._mode = path, time, mode
        del data[:begin]


def _fits(data: bytearray, begin: int, size: int, flags: int) -> bool:
    """Whether an entry is whole in what came so far."""
    at_ = begin + 1 + bool(flags & _SAME_NAME)
    width = 4 if flags & _LONG_NAME else 1
    if size < at_ + width:
        return False
    length = int.from_bytes(data[at_ : at_ + width], "little")
    if length > _LONGEST:
        raise NotAList("a name that no path has")
    at_ += width + length
    if size < at_ + 4:
        return False
    at_ += 12 if data[at_ : at_ + 4] == b"\xff\xff\xff\xff" else 4
    return size >= at_ + 4 * (not flags & _SAME_TIME) + 4 * (not flags & _SAME_MODE)


def index_of(entries: list[FileEntry], path: bytes) -> int:
    """The number by which a file of the whole list is asked for: its place among all paths, in the daemon's order,
    where the module's own folder (`.`) is one."""
    return sorted((b".", *{entry.path for entry in entries})).index(path)
