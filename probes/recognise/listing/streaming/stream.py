"""Reads a page as it comes: the rows of known servers by one expression a chunk, so that the page is never held.

A survey meets pages of a million rows. The common servers write them so regularly that a chunk of the body becomes
three columns (link, date, size) at once. The rows of any other long page are read as its beginning teaches
(`learned_rows`). A page whose links do not all fall into rows is read as a whole (`whole_page`), which is slow, and
belongs into a process of its own; while it may still come to that, it is kept.
"""

from __future__ import annotations

import zlib
from typing import Final
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.streaming.learned_rows import LearnedDialect, LearnedRows
from probes.recognise.listing.streaming.row_dialects import DIALECTS, HEAD, Dialect, columns, links, shown_time
from probes.recognise.listing.streaming.rows import MOST_FOLDERS, Rows, spelled

KEPT: Final = 8 << 20
"""Bytes of a page that are kept so that it can be read as a whole."""
LEARNT_FROM: Final = 1 << 20
"""Bytes of an unknown server's page that are read before its rows are learnt: shorter pages are read as a whole."""
STALLED: Final = 1 << 20
"""Bytes without the beginning of a row, after which a page is no longer what it began as."""
_CHUNK: Final = 256 << 10
_PLAIN: Final = 1 << 20


class PageReader:
    """Reads one page: `feed` chunks, then `end`. Rows come out of both; a regular page is not held."""

    def __init__(
        self, path: str, status: int = 200, learned: LearnedDialect | None = None, *, learns: bool = False
    ) -> None:
        """`path` is the path asked for: the entries lie directly below it.

        `learned` is how the host's other long pages are written. Without it, a long page is read no further than it is
        learnt from, where `learns` says that somebody will learn it.
        """
        self._learned = learned
        self._learns = learns and learned is None
        self._rows: LearnedRows | None = None
        self._files = self._sized = 0
        self.to_learn = False
        """Whether its rows are to be learnt from what was kept, and the page to be asked for again."""
        self._path = path.partition("?")[0]
        self._status = status
        self._buffer = bytearray()
        self._kept: _Kept | None = _Kept()
        self._most = HEAD
        self._dialect: Dialect | None = None
        self._looked = False
        self._links = 0
        self._matched = 0
        self._folders = 0
        self._closed = False
        self.missed = 0
        """Links that fell into no row, or are too many, on a page that is too long to be read as a whole."""
        self.enough = False
        """Whether more of the page would not be read: it is no text, or no known server's and too long."""
        self.text = True
        """Whether the page is text, as far as its beginning tells."""

    @property
    def family(self) -> str:
        """Which server wrote the page; empty when its rows are not known as they come."""
        if self._rows is not None and self._learned is not None:
            return self._learned.family
        return self._dialect.name if self._dialect is not None else ""

    @property
    def cut(self) -> bool:
        """Whether a known server's page ended before the end tag that follows its rows, however orderly it came."""
        return self._dialect is not None and not self._closed

    @property
    def kept(self) -> bytes:
        """All of the page that was kept, for reading it as a whole."""
        return self._kept.whole()[: self._most] if self._kept is not None else b""

    def feed(self, chunk: bytes) -> Rows | None:
        """Take the next bytes; rows where a known dialect has some ready."""
        if self.enough:
            return None
        if self._kept is not None:
            self._kept.add(chunk)
        if not self._looked:
            self._buffer += chunk
            if len(self._buffer) < HEAD:
                return None
            self._choose()
        elif self._regular:
            self._buffer += chunk
        if self._kept is not None and not self._regular and self._kept.size >= LEARNT_FROM and self.text:
            self._begin_learned(self._kept)
        if self._kept is not None and self._kept.size >= self._most:
            if self._regular:
                self._kept = None
            else:
                self.enough = True
        return self._read(last=False) if len(self._buffer) >= _CHUNK else None

    def end(self) -> Rows | None:
        """No more bytes come: the last rows. None: the page is not regular to its end; what came before is void, and
        `kept` is to be read as a whole."""
        if not self._looked:
            self._choose()
        if not self._regular or self.to_learn:
            return None
        rows = self._read(last=True)
        missed = self._links - self._matched
        if self._rows is not None:
            odd = self._learned is not None and self._learned.size is not None and 2 * self._sized < self._files
            missed = self._rows.missed + odd
        if missed > 0 and self._kept is not None:
            return None
        self.missed += max(0, missed)
        return rows

    @property
    def _regular(self) -> bool:
        return self._dialect is not None or self._rows is not None

    def _begin_learned(self, kept: _Kept) -> None:
        if self._learned is not None:
            self._rows = LearnedRows(self._learned, self._path)
            self._buffer += kept.whole()
        elif self._learns:
            self.to_learn = self.enough = True

    def _choose(self) -> None:
        self._looked = True
        head = bytes(self._buffer[:HEAD])
        if self._status == 200:
            self._dialect = next((d for d in DIALECTS if all(mark in head for mark in d.head)), None)
        self.text = b"\0" not in head
        self._most = KEPT if self.text else HEAD
        if self._dialect is None:
            self._buffer.clear()

    def _read(self, last: bool) -> Rows | None:
        if self._rows is not None:
            return self._read_learned(self._rows, last)
        dialect = self._dialect
        assert dialect is not None  # noqa: S101  the callers saw one
        if last:
            chunk = bytes(self._buffer)
            self._buffer.clear()
        else:
            # A name may hold a line's end; a `<` of its own it cannot, so a row surely begins here.
            end = max(self._buffer.rfind(b"\n" + start) for start in dialect.starts) + 1
            if not end and len(self._buffer) >= STALLED:
                self._stall()
            if not end:
                return None
            chunk = bytes(self._buffer[:end])
            del self._buffer[:end]
        found = dialect.row.findall(chunk)
        self._closed |= dialect.close in chunk
        self._links += links(chunk, dialect, len(found))
        self._matched += len(found)
        return self._columns(dialect, found)

    def _read_learned(self, learned: LearnedRows, last: bool) -> Rows | None:
        end = len(self._buffer) if last else max(self._buffer.rfind(b"<a "), self._buffer.rfind(b"<A "))
        if end <= 0 and not last:
            if len(self._buffer) >= STALLED:
                self._stall()
            return None
        rows = learned.read(bytes(self._buffer[:end]), last=last)
        del self._buffer[:end]
        self._files += len(rows.files)
        self._sized += rows.sized
        return rows

    def _stall(self) -> None:
        """No row begins any more: the page is read as a whole, or where it is too long for that, not to its end."""
        self._buffer.clear()
        if self._kept is not None:
            self._dialect = self._rows = self._learned = None
        else:
            self.enough = True
            self.missed += 1

    def _columns(self, dialect: Dialect, found: list[tuple[bytes, bytes, bytes]]) -> Rows:
        rows = Rows()
        hrefs = [href for href, _, _ in found]
        if b"/" in b"".join(hrefs):
            for href, time, _ in found:
                child = _child(self._path, href) if href.endswith(b"/") else None
                if child is not None and self._folders < MOST_FOLDERS:
                    rows.folders.append((child, shown_time(time, dialect.english)))
                    self._folders += 1
                elif child is not None:
                    self.missed += 1
            # A link to elsewhere is none of this folder's files.
            kept = [row for row in found if not row[0].endswith(b"/")]
            found = [row for row in kept if b"/" not in row[0].removeprefix(b"./")]
            self._matched -= len(kept) - len(found)
        if found:
            columns(rows, found, dialect)
        return rows


class _Kept:
    """A page so far. What is beyond a mebibyte is packed: pages of millions of rows pass by, and few are read again."""

    def __init__(self) -> None:
        self.size = 0
        self._plain = bytearray()
        self._packed: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """Take what comes next."""
        self.size += len(chunk)
        self._plain += chunk
        if len(self._plain) >= _PLAIN:
            self._packed.append(zlib.compress(self._plain, 1))
            self._plain.clear()

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(map(zlib.decompress, self._packed)) + self._plain


def _child(base: str, href: bytes) -> str | None:
    """The absolute path of a folder's link, when it is one strictly and directly below the base."""
    name = href.removeprefix(b"./")[:-1]
    plain = unquote_to_bytes(name)
    if plain in (b"", b".", b"..") or b"/" in plain or b"?" in name or b"#" in name:
        return None
    return base[: base.rfind("/") + 1] + spelled(href)
