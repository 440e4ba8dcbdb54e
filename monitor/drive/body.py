"""Response bodies, decoded with a bound: what a peer sends is never held beyond what was asked for."""

from __future__ import annotations

import zlib

from probes.asks import Ending

_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_BOMB = 100
"""A body that grows more than so many times is a bomb; HTML listings reach about 20."""


class Decoder:
    """Feeds on wire bytes and keeps at most `take` decoded ones."""

    def __init__(self, encoding: str, take: int) -> None:
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
        self._first = encoding == "deflate"

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
        room = self._take - len(self._kept)
        if self._inflate is None:
            self._kept += chunk[:room]
            if len(chunk) > room:
                self.ending = Ending.CUT
            return self.ending is None
        try:
            # One byte over the room tells a body that is too long from one that just fits.
            plain = self._inflate.decompress(chunk, room + 1)
        except zlib.error:
            if self._first and self._wire == len(chunk):
                return self._raw_deflate(chunk)
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

    def _raw_deflate(self, chunk: bytes) -> bool:
        # Some servers send deflate without its zlib header (RFC 9110, 8.4.1.2 notes it).
        self._first = False
        self._inflate = zlib.decompressobj(-15)
        try:
            plain = self._inflate.decompress(chunk, self._take + 1)
        except zlib.error:
            self.ending = Ending.BROKEN
            return False
        return self._keep(plain, self._take)

    def _keep(self, plain: bytes, room: int) -> bool:
        self._kept += plain[:room]
        if len(plain) > room:
            self.ending = Ending.BOMB if len(self._kept) > _BOMB * self._wire else Ending.CUT
        return self.ending is None
