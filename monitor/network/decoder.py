"""Response bodies, decoded with a bound: what a peer sends is never held beyond what was asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from probes.requests.http import Ending

Feed = Callable[[bytes], bool]
"""Takes the next decoded bytes of a body; False when it wants no more of them."""

_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_BOMB = 100
"""A body that grows more than so many times is a bomb; HTML listings reach about 20."""


class Decoder:
    """Feeds on wire bytes and keeps at most `take` decoded ones."""

    def __init__(self, encoding: str, take: int, feed: Feed | None = None) -> None:
        """With `feed`, decoded chunks are handed to it instead of being kept."""
        self._feed = feed
        self._count = 0
        self._take = take
        self._kept = bytearray()
        self._wire = 0
        encoding = encoding.strip().lower()
        self.ending: Ending | None = None
        self._inflate = None
        if encoding in ("", "identity"):
            return
        if encoding not in _BITS:
            self.ending = Ending.UNREADABLE
            return
        self._inflate = zlib.decompressobj(_BITS[encoding])
        self._first = b"" if encoding == "deflate" else None

    @property
    def wire(self) -> int:
        """Bytes fed so far."""
        return self._wire

    @property
    def body(self) -> bytes:
        """What was kept."""
        return bytes(self._kept)

    def feed(self, chunk: bytes) -> bool:
        """Take a chunk; True as long as more is wanted."""
        self._wire += len(chunk)
        if self.ending is not None:
            return False
        room = self._take - self._count
        if self._inflate is None:
            self._pass(chunk[:room])
            if len(chunk) > room:
                self.ending = Ending.CUT
            return self.ending is None
        if self._first is not None:
            self._first += chunk
            if len(self._first) < 2:
                return True
            chunk, self._first = self._first, None
            if not _has_header(chunk):
                # Some servers send deflate without its zlib header (RFC 9110, 8.4.1.2 notes it).
                self._inflate = zlib.decompressobj(-15)
        try:
            # One byte over the room tells a body that is too long from one that just fits.
            plain = self._inflate.decompress(chunk, room + 1)
        except zlib.error:
            self.ending = Ending.BROKEN
            return False
        return self._keep(plain, room)

    def finish(self) -> Ending:
        """The peer ended the body by itself: how it ended for us."""
        if self.ending is not None:
            return self.ending
        if self._inflate is not None and self._wire and not self._inflate.eof:
            return Ending.BROKEN
        return Ending.WHOLE

    def _pass(self, plain: bytes) -> None:
        self._count += len(plain)
        if self._feed is not None:
            if not self._feed(plain):
                self.ending = Ending.CUT
        else:
            self._kept += plain

    def _keep(self, plain: bytes, room: int) -> bool:
        self._pass(plain[:room])
        if len(plain) > room:
            self.ending = Ending.BOMB if self._count > _BOMB * self._wire else Ending.CUT
        return self.ending is None


def _has_header(start: bytes) -> bool:
    """zlib's header (RFC 1950 section 2.2: the method is deflate, the two bytes a multiple of 31), or gzip's."""
    return start[:2] == b"\x1f\x8b" or (start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0)
