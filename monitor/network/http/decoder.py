"""Response bodies, decoded with a bound: what a peer sends is never held beyond what was asked for."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from probes.requests.http import Ending, Headers

Feed = Callable[[bytes], bool]
"""Takes the next decoded bytes of a body; False when it wants no more of them."""

_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_UNREAD = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip"})
"""Content codings of the IANA registry that we cannot undo. A word that is in neither set is no coding (`UTF-8`,
`none`, `aws-chunked`): browsers show such a body as it is."""
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml", "application/json"})
"""Types that are read by people and programs, and never are packed files themselves."""
_GZIP = b"\x1f\x8b\x08"
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""Bytes that no text has, by the MIME Sniffing Standard (section 3, "binary data byte")."""
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ENOUGH = 512
"""Bytes of a body that tell how it is coded, where its header may be wrong about that."""
_MOST_CODINGS = 2
_MOST_MEMBERS = 10_000
"""Members of gzip in one body. bgzip begins one after 64 KiB, so that no page has more of them."""
_BOMB = 100
"""A body that grows more than so many times is a bomb; HTML listings reach about 20."""


class Decoder:
    """Feeds on wire bytes and keeps at most `take` decoded ones."""

    def __init__(self, headers: Headers, take: int, feed: Feed | None = None) -> None:
        """With `feed`, decoded chunks are handed to it instead of being kept."""
        self._feed = feed
        self._count = 0
        self._take = take
        self._kept = bytearray()
        self.wire = 0
        """Bytes fed so far."""
        self.ending: Ending | None = None
        self._inflate: zlib._Decompress | None = None
        self._members = 1
        """Members of gzip so far; 0: the body is over, and what comes behind it is passed over."""
        self._behind = b""
        """Bytes behind a member that do not tell yet whether they begin another one."""
        said = headers.all("content-encoding").lower().replace(",", " ").split()
        codings = [word for word in said if word in _BITS or word in _UNREAD]
        if len(codings) > _MOST_CODINGS or _UNREAD.intersection(codings):
            self.ending = Ending.UNREADABLE
        self._coding = codings[-1] if codings else ""
        self._inner: Decoder | None = None
        """What undoes the coding below this one: an application and the proxy before it may both have packed a body,
        or only both say so."""
        if len(codings) == _MOST_CODINGS:
            self._inner = Decoder(Headers((("content-encoding", codings[0]),)), take, feed)
            self._feed = self._inner.feed
        page = headers.get("content-type").partition(";")[0].strip().lower() in _PAGES
        self._packed = page and not codings and not headers.get("content-range")
        """Whether it may be gzip without saying so."""
        self._doubtful = page and not codings and any(word != "identity" for word in said)
        """Whether it claims a coding that is none, and may be scrambled all the same."""
        self._need = _ENOUGH if self._doubtful or codings else len(_GZIP) if self._packed else 0
        self._start: bytes | None = b"" if self._need else None
        """The first bytes, held back until they tell the coding."""

    @property
    def body(self) -> bytes:
        """What was kept."""
        return self._inner.body if self._inner is not None else bytes(self._kept)

    def feed(self, chunk: bytes) -> bool:
        """Take a chunk; True as long as more is wanted."""
        self.wire += len(chunk)
        if self.ending is not None:
            return False
        if self._start is not None:
            self._start += chunk
            return self._begin() if len(self._start) >= self._need else True
        return self._decode(chunk)

    def finish(self) -> Ending:
        """The peer ended the body by itself: how it ended for us."""
        if self._start is not None and self.ending is None:
            self._begin()
        inner = self._inner.finish() if self._inner is not None else Ending.WHOLE
        if self.ending is not None:
            return self.ending
        if self._inflate is not None and self.wire and not self._inflate.eof:
            return Ending.BROKEN
        return inner

    def _begin(self) -> bool:
        """Its first bytes are here: tell how it is coded, and decode them."""
        start, self._start = self._start or b"", None
        if self._coding:
            self._inflate = _inflating(self._coding, start[:_ENOUGH])
        elif self._packed and start.startswith(_GZIP):
            self._inflate = zlib.decompressobj(_BITS["gzip"])
        elif self._doubtful and not _is_text(start[:_ENOUGH]):
            self.ending = Ending.UNREADABLE
            return False
        return self._decode(start)

    def _decode(self, chunk: bytes) -> bool:
        # One byte over the room tells a body that is too long from one that just fits.
        room, used = self._take - self._count, self.wire
        plain = chunk
        if self._inflate is not None:
            plain = self._unpack(self._inflate, chunk, room + 1)
            used -= len(self._inflate.unconsumed_tail)
        self._pass(plain[:room])
        if self.ending is None and len(plain) > room:
            self.ending = Ending.BOMB if self._count > _BOMB * used else Ending.CUT
        return self.ending is None

    def _unpack(self, inflate: zlib._Decompress, chunk: bytes, most: int) -> bytes:
        """Undo the coding of the next bytes; at the most so many decoded ones.

        A body of gzip may be several members one after another (RFC 1952, section 2.2): caches join what was packed
        piece by piece, and browsers read all of it. Other bytes behind a member (padding) are passed over.
        """
        plain = bytearray()
        while self._members and len(plain) < most:
            if inflate.eof:
                chunk, self._behind = self._behind + chunk, b""
                if len(chunk) < len(_GZIP) and _GZIP.startswith(chunk):
                    self._behind = chunk
                    break
                more = chunk.startswith(_GZIP) and self._members < _MOST_MEMBERS
                self._members = self._members + 1 if more else 0
                if not more:
                    break
                inflate = self._inflate = zlib.decompressobj(_BITS["gzip"])
            try:
                plain += inflate.decompress(chunk, most - len(plain))
            except zlib.error:
                self.ending = Ending.BROKEN
                break
            if not inflate.eof:
                break
            chunk = inflate.unused_data
        return bytes(plain)

    def _pass(self, plain: bytes) -> None:
        self._count += len(plain)
        if self._feed is None:
            self._kept += plain
        elif not self._feed(plain):
            self.ending = (self._inner.ending if self._inner is not None else None) or Ending.CUT


def _inflating(coding: str, start: bytes) -> zlib._Decompress | None:
    """What unpacks a body that begins so; None where it says that it is packed, and is plain text."""
    bits = _BITS[coding]
    if coding == "deflate" and not _has_header(start):
        # Some servers send deflate without its zlib header (RFC 9110, 8.4.1.2 notes it).
        bits = -15
    if _is_text(start):
        try:
            zlib.decompressobj(bits).decompress(start, 1 << 16)
        except zlib.error:
            return None
    return zlib.decompressobj(bits)


def _is_text(start: bytes) -> bool:
    return start.startswith(_MARKS) or _BINARY.search(start) is None


def _has_header(start: bytes) -> bool:
    """zlib's header (RFC 1950 section 2.2: the method is deflate, the two bytes a multiple of 31), or gzip's."""
    return start[:2] == b"\x1f\x8b" or (
        len(start) > 1 and start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    )
