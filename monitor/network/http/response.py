"""Reads HTTP/1 responses as browsers read them: bytes in, one answer out, no socket and no clock.

Servers write HTTP badly, and strangers read it all the same; a monitor that is stricter than a browser overlooks what
they see. So lines that are no header fields are passed over, a length may be said twice, a line may end in a bare line
feed. What cannot be read in spite of that is told apart: `answers-without-http` is another protocol,
`malformed-http` is a web server whose answer nobody can read.
"""

from __future__ import annotations

import re

from monitor.network.http.decoder import Decoder, Feed
from monitor.network.transport import failure
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, Ending, Headers, NoAnswer, Request, Response

LONGEST_HEAD = 1 << 18
"""Bytes of a status line with its fields, as much as browsers take (one value may have 64 KiB)."""
LONGEST_LINE = 1 << 14
"""Bytes of a line between chunks, and of all trailers."""
_MOST_INTERIM = 16
"""Interim answers (RFC 9110 section 15.2) before the real one."""

_STATUS = re.compile(rb"HTTP(?:/(\d+)(?:\.(\d+))?)?[ \t]+([1-9]\d\d)(?!\d)", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([^\n\0]*)$", re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]+")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_BEFORE = b"\r\n\t \xef\xbb\xbf"
"""What may stand before a status line: the end of a body that was longer than it said, a byte order mark."""

CLOSED = NoAnswer(NoAnswerReason.RESET, "the peer closed the connection without an answer")
NOT_HTTP = NoAnswer(NoAnswerReason.NOT_HTTP, "the answer is not HTTP")
MALFORMED = NoAnswer(NoAnswerReason.MALFORMED_HTTP, "the answer is HTTP that cannot be read")
HTTP_2 = NoAnswer(NoAnswerReason.HTTP_2, "the port speaks HTTP/2 alone")
ALERT = NoAnswer(NoAnswerReason.NOT_HTTP, "the port answered clear HTTP with a TLS alert")


_FRAME = 9
"""Bytes of the head of a frame of HTTP/2."""
_FIRST_FRAMES = (4, 7)


class ResponseReader:
    """The answer to one request. `answer` is there as soon as it is known; what comes behind it is not read."""

    def __init__(self, request: Request, feed: Feed | None = None) -> None:
        """With `feed` the decoded body is handed on as it comes, and the answer's own body is empty."""
        self._request = request
        self._feed = feed
        self._head = bytearray()
        self._searched = 0
        self._interim = 0
        self._status = 0
        self._headers = Headers()
        self._decoder: Decoder | None = None
        self._chunks: _Chunks | None = None
        self._left: int | None = None
        """Bytes of body still to come; None: until the peer closes."""
        self._contradicts = False
        """Whether it says two different lengths, or chunks where there are none: nobody knows then where it ends."""
        self.answer: Answer | None = None
        self.keeps = False
        """Whether the connection can carry another exchange."""

    def take(self, data: memoryview) -> None:
        """The next bytes from the peer. Raises what `feed` raises."""
        if self.answer is not None:
            self.keeps = False  # more than one answer to one request
            return
        rest = self._take_head(data) if self._decoder is None else data
        if rest:
            self._take_rest(rest)

    def closed(self, error: OSError | None) -> None:
        """The peer closed the connection. Without an answer then, not a byte of one came."""
        self.keeps = False
        if self.answer is not None:
            return
        if self._decoder is None:
            self.answer = (failure(error) if error is not None else None) or (CLOSED if self._head else None)
        elif error is None and self._chunks is None and self._left is None and not self._contradicts:
            self._tell(self._decoder.finish())
        else:
            self._tell(Ending.BROKEN)

    def given_up(self, otherwise: NoAnswer) -> None:
        """Nothing more is waited for. The head of an answer is worth knowing even when its body stalls."""
        self.keeps = False
        if self.answer is None and self._decoder is not None:
            self._tell(Ending.BROKEN)
        elif self.answer is None:
            self.answer = otherwise

    def _take_head(self, data: memoryview) -> bytes | memoryview:
        """Add to the head; when it is whole, what came behind it."""
        self._head += data
        while self._decoder is None and self.answer is None:
            if not self._searched:
                del self._head[: len(self._head) - len(self._head.lstrip(_BEFORE))]
            if not self._searched or self._head[:2] == b"\0\0":  # the head of a frame may come in parts
                self.answer = _other_protocol(self._head)
            end = _HEAD_END.search(self._head, self._searched)
            if end is None:
                self._searched = max(0, len(self._head) - 3)
                if len(self._head) > LONGEST_HEAD:
                    self.answer = MALFORMED
                return b""
            head, self._head, self._searched = bytes(self._head[: end.start()]), self._head[end.end() :], 0
            if self.answer is None:
                self._begin(head)
        rest, self._head = bytes(self._head), bytearray()
        return rest

    def _begin(self, head: bytes) -> None:
        first, _, lines = head.partition(b"\n")
        status = _STATUS.match(first)
        if status is None:
            self.answer = MALFORMED
            return
        self._status = int(status[3])
        if self._status < 200 and self._status != 101:
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                self.answer = MALFORMED
            return
        self._headers = headers = Headers(_fields(lines))
        lengths = headers.lengths
        chunked = "chunked" in headers.all("transfer-encoding").lower()
        bare = self._request.method == "HEAD" or self._status in (101, 204, 304)
        connection = headers.all("connection").lower()
        modern = (int(status[1] or 1), int(status[2] or 0)) > (1, 0)
        self.keeps = (
            ("close" not in connection if modern else "keep-alive" in connection)
            and self._status != 101
            and (bare or chunked != bool(lengths))
            # Who does not know what we asked may not have read its body, and takes that for the next request.
            and (not self._request.body or self._status == 207)
        )
        self._decoder = Decoder(headers, self._request.take, self._feed)
        if bare:
            self._tell(Ending.WHOLE)
        elif not self._request.take:
            self._tell(Ending.CUT)
        elif chunked:
            self._chunks = _Chunks()
        elif lengths:
            self._left, self._contradicts = min(lengths), len(lengths) > 1
            if not self._left:
                self._tell(Ending.WHOLE)

    def _take_rest(self, rest: bytes | memoryview) -> None:
        if self.answer is None and self._decoder is not None:
            rest = self._take_body(self._decoder, rest)
        if self.answer is not None and rest:
            self.keeps = False

    def _take_body(self, decoder: Decoder, data: bytes | memoryview) -> bytes | memoryview:
        """Decode; what came behind the body."""
        body, rest, ended = data, data[:0], False
        if self._chunks is not None:
            body = self._chunks.take(bytes(data))
            rest, ended = self._chunks.rest, self._chunks.ended
            if self._chunks.none:
                # Some scripts say `chunked` and print their page as it is: strangers read it all the same.
                self._chunks, self._contradicts, self.keeps = None, True, False
                self._left = min(self._headers.lengths, default=None)
        if self._left is not None:
            body, rest = body[: self._left], body[self._left :]
            self._left -= len(body)
            ended = not self._left
        if body and not decoder.feed(bytes(body)):
            self._tell(decoder.finish())
        elif self._chunks is not None and self._chunks.broken:
            self._tell(Ending.BROKEN)
        elif ended:
            self._tell(Ending.BROKEN if self._contradicts else decoder.finish())
        return rest

    def _tell(self, ending: Ending) -> None:
        decoder = self._decoder
        assert decoder is not None  # noqa: S101  the head was read
        if ending is Ending.BROKEN:
            decoder.finish()  # what was held back to tell its coding by is part of it
        if ending is not Ending.WHOLE:
            self.keeps = False
        self.answer = Response(self._status, self._headers, decoder.body, ending, decoder.wire)


class _Chunks:
    """A body in chunks (RFC 9112 section 7.1), by its lines; spaces, extensions and bare line feeds are borne with."""

    def __init__(self) -> None:
        self._left = 0
        self._line = b""
        self._trailers: int | None = None
        self._behind = False
        """Whether the line end behind a chunk is due."""
        self._begun = False
        self.ended = False
        self.broken = False
        self.none = False
        """Whether the body is in no chunks, though its header says so: its first bytes are no size."""
        self.rest = b""
        """What came behind the last chunk and its trailers."""

    def take(self, data: bytes) -> bytes:
        """The bytes of body in the next bytes from the wire."""
        data, self._line = self._line + data, b""
        if not self._begun and data:
            line, ended, _ = data.partition(b"\n")
            self._begun = bool(ended)
            self.none = bool(line.strip()) and _CHUNK.fullmatch(line.removesuffix(b"\r")) is None
            if self.none:
                return data
        found, at = [], 0
        while not self.ended and not self.broken:
            if self._left:
                part = data[at : at + self._left]
                found.append(part)
                self._left -= len(part)
                at += len(part)
                if self._left:
                    break
            stop = data.find(b"\n", at)
            if stop < 0:
                self._line = data[at:]
                self.broken = len(self._line) > LONGEST_LINE
                break
            self._read(data[at:stop].removesuffix(b"\r"))
            at = stop + 1
            self.rest = data[at:] if self.ended else b""
        return b"".join(found)

    def _read(self, line: bytes) -> None:
        if self._trailers is not None:
            self.ended = not line
            self._trailers += len(line)
            self.broken = self._trailers > LONGEST_LINE
        elif self._behind:
            self._behind = False
            self.broken = bool(line)
        elif (size := _CHUNK.fullmatch(line)) is None:
            self.broken = True
        else:
            self._left = int(size[1], 16)
            if self._left:
                self._behind = True
            else:
                self._trailers = 0


def _fields(lines: bytes) -> tuple[tuple[str, str], ...]:
    """The header fields, names in lower case. A line without a colon, with a blank in its name or with a NUL is no
    field, and is passed over with the lines that continue it (RFC 9112 section 5.2)."""
    text = lines.decode("utf-8", "surrogateescape")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    return tuple([(name.lower(), value.strip(" \t\r")) for name, value in _FIELD.findall(text)])


def _other_protocol(start: bytearray) -> NoAnswer | None:
    """What the first bytes of an answer say, when it is no HTTP; None while it may be."""
    first = bytes(start[:4])
    if first[:2] == b"\x15\x03":
        return ALERT
    if start[:2] == b"\0\0"[: len(start)]:
        # A frame of HTTP/2: its length, its type, flags, and the stream 0. The first one of a server is SETTINGS (RFC
        # 9113 section 3.4); some say GOAWAY at once.
        whole = len(start) >= _FRAME
        return (HTTP_2 if first[3] in _FIRST_FRAMES and not any(start[5:_FRAME]) else NOT_HTTP) if whole else None
    return None if b"HTTP".startswith(first.upper()) or first == b"\x15" else NOT_HTTP
