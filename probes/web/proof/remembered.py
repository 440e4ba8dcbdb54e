"""A look in which every answer is what it was the last time comes to what it came to then: the page is not read again.

A probe is a function of its target and of the answers that it is sent, so the same answers make it ask the same and end
in the same verdicts. Each answer is held against the one before it as it comes. From the first that is another on, the
look goes on as any other does. Chance stands in canaries alone: one name that cannot exist is as good as the next.

Most closed hosts answer with the same few pages. Where such an answer names no host and holds no address of one, what a
look asks and comes to is the same at every host that is asked for the same: a host that is looked at first is told by
what others were.
"""

from __future__ import annotations

import hashlib
import marshal
import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import wraps
from operator import attrgetter
from typing import Any, TypeAlias

from probes.api import Clear, Dialogue, Exposed, Unknown, Verdict, WebTarget
from probes.recognise.listing.model import Listing
from probes.recognise.memo import Memo
from probes.requests.front import front_of
from probes.requests.http import Ask, NoAnswer, Proven, Reply, Request, Response, Together

MOST = 1 << 17
"""Looks that are remembered, and entries of listings that they saw: ten thousand hosts have so many, in all turns."""
_STEPS = 48
"""Requests of a look that is worth remembering."""
_ROWS = 512
"""Entries of the listings of such a look: a larger page is counted anew."""
_LETTERS = 1 << 16
"""Letters of the paths and names in such a look: a server may write them as long as it likes."""
_A_ROW = 256
"""Letters that weigh as much as an entry does."""
_CLOCK = frozenset({"date", "age", "expires", "etag", "last-modified"})
"""Headers that differ from answer to answer, and that no look at a folder reads."""
_OF_ALL = 1 << 15
"""Steps of looks, and places of their verdicts, that are remembered for every host."""
_PAGE = 1 << 14
"""Bytes of the longest page that may be that of any host."""
_DECLARES = re.compile(rb'(?i)<!doctype[^<>]{0,300}>|\sxmlns="http://www\.w3\.org/1999/xhtml"')
"""Names of languages, which look like addresses."""
_MAY_NAME_HOSTS = re.compile(rb"(?i)/[\t\n\r]*/|[\\&\0\x80-\xff]|<script")
"""Without any of these no answer holds an address with a host in it, in whatever way it is written. Whoever reads an
address leaves tabs and ends of lines out of it (WHATWG URL, 4.4)."""
_HOST = ("asset", "host", "name", "address")
_OF_HOST = attrgetter(*_HOST)
_REST = attrgetter(*(one.name for one in fields(WebTarget) if one.name not in _HOST and one.compare))
"""All of a target on which a look rests, but for the host that it is at."""
_BY_VALUE = 2
"""The last version of marshal in which equal values are the same bytes, whichever of their parts are one object."""
_CANARY = "\0"
"""Stands for the chance in a path; no path that can be sent has it."""

_Step: TypeAlias = tuple[Request | Together, Hashable]
"""What was asked, without its chance, and what was answered."""
_Seen: TypeAlias = Exposed | tuple[type[Clear | Unknown], str, tuple[Any, ...]]
"""A verdict without its host, where nothing is open: many hosts come to the same."""


@dataclass(frozen=True, slots=True)
class _Past:
    """A look as it was the last time."""

    steps: tuple[_Step, ...]
    seen: tuple[_Seen, ...]


def remembering(look: Callable[[WebTarget], Dialogue]) -> Callable[[WebTarget], Dialogue]:
    """The same look, which reads no answers that it has read before. `look` rests on its arguments alone."""
    memory: Memo[bytes, _Past] = Memo(MOST, of_one_round=0)
    shared: Memo[Hashable, Any] = Memo(MOST, of_one_round=0)
    of_all: Memo[bytes, Request | Together | tuple[_Seen, ...]] = Memo(_OF_ALL)

    def keep(key: bytes, target: WebTarget, steps: tuple[_Step | None, ...], verdicts: tuple[Verdict, ...]) -> None:
        if not memory.keeps:
            return
        letters = sum(map(_letters, steps)) + sum(map(_named, verdicts))
        rows = sum(map(_rows, verdicts))
        seen = tuple([one for each in verdicts if (one := _without_host(each, target)) is not None])
        if not 1 < len(steps) <= _STEPS or None in steps or len(seen) < len(verdicts) or rows > _ROWS:
            return
        if letters > _LETTERS:
            return
        # Most hosts answer alike, and are remembered as one.
        kept = tuple([shared.get(one, lambda: one, _weight(_letters(one))) for one in steps])  # noqa: B023  at once
        past = _Past(kept, seen)
        memory.keep(key, past if rows else shared.get(past, lambda: past, 1), rows + _weight(letters))

    @wraps(look)
    def looked(target: WebTarget) -> Dialogue:
        if target.control:
            # A control shows that pages are read rightly: they are, each time.
            return (yield from look(target))
        # Of many hosts the targets themselves would take more memory than all that is remembered of them.
        # What is asked for by its address alone is judged otherwise than what is asked for by a name, any name.
        rest = _digest(_all_of((*_REST(target), target.name is None)))
        key = _digest(rest + _all_of(_OF_HOST(target)))
        past = memory.kept(key)
        told: list[tuple[Ask, Reply]] = []
        way = _Way(of_all, target, rest)
        while past is None and (known := way.known()) is not None:
            if isinstance(known, tuple):
                return tuple([_with_host(one, target) for one in known])
            said = _with_chance(known, target.nonce)
            reply = yield said
            way.follow(_heard_at(len(told), reply, target))
            told.append((said, reply))
        for ask, heard in past.steps if past is not None else ():
            said = _with_chance(ask, target.nonce)
            reply = yield said
            told.append((said, reply))
            if _heard_at(len(told) - 1, reply, target) != heard:
                break
        else:
            if past is not None:
                return tuple([_with_host(one, target) for one in past.seen])
        steps: list[_Step | None] = []
        verdicts = yield from _live(look(target), told, steps, _Way(of_all, target, rest))
        keep(key, target, tuple(steps), verdicts)
        return verdicts

    return looked


def _without_host(verdict: Verdict, target: WebTarget) -> _Seen | None:
    if isinstance(verdict, Exposed):
        return verdict
    of_host = verdict.place == target.place(verdict.place.path)
    rest = (verdict.kind, verdict.why, *((verdict.detail,) if isinstance(verdict, Unknown) else ()))
    return (type(verdict), verdict.place.path, (*rest, verdict.facts, verdict.checks)) if of_host else None


def _with_host(seen: _Seen, target: WebTarget) -> Verdict:
    return seen if isinstance(seen, Exposed) else seen[0](target.place(seen[1]), *seen[2])


def _live(dialogue: Dialogue, told: list[tuple[Ask, Reply]], steps: list[_Step | None], way: _Way) -> Dialogue:
    """The look itself, which is first told what was asked for already; `steps` are what comes of it, None for one that
    cannot be remembered."""
    waiting, reply, nonce = iter(told), None, way.target.nonce
    while True:
        try:
            ask = next(dialogue) if reply is None else dialogue.send(reply)
        except StopIteration as end:
            verdicts: tuple[Verdict, ...] = end.value
            way.end(verdicts)
            return verdicts
        if isinstance(ask, Proven):
            # No request, and no step. What follows is asked by another host when its own look has told it too.
            way.ask(None)
            reply = yield ask
            continue
        without = _without_chance(ask, nonce)
        way.ask(without)
        said, known = next(waiting, (None, None))
        if said == ask and known is not None:
            reply = known
        else:
            waiting = iter(())
            reply = yield ask
        heard = _heard_at(len(steps), reply, way.target)
        way.hear(reply, heard)
        steps.append(None if without is None else (without, heard))


class _Way:
    """A look as far as it has come, while nothing that it was answered tells its host from any other."""

    def __init__(
        self, memory: Memo[bytes, Request | Together | tuple[_Seen, ...]], target: WebTarget, rest: bytes
    ) -> None:
        self._memory = memory
        self.target = target
        self._at: bytes | None = rest
        """The digest of what is asked for and of all answers; None: one of them may be about its host."""

    def known(self) -> Request | Together | tuple[_Seen, ...] | None:
        """What any host is asked next, or what it comes to."""
        return None if self._at is None else self._memory.kept(self._at)

    def ask(self, ask: Request | Together | None) -> None:
        """This is asked now; None is what cannot be remembered."""
        if ask is None:
            self._at = None
        elif self._at is not None:
            self._memory.keep(self._at, ask, _weight(_letters((ask, None))))

    def follow(self, heard: Hashable) -> None:
        """Go on by an answer. Where there is a way on, the same was answered before, and told no host from another."""
        self._at = None if self._at is None else _digest(self._at + _text(heard))

    def hear(self, reply: Reply, heard: Hashable) -> None:
        """As `follow`, while nothing is known of the answer."""
        self.follow(heard)
        if self._at is not None and not _of_any_host(reply):
            self._at = None

    def end(self, verdicts: tuple[Verdict, ...]) -> None:
        """This is what it has come to. A place that is open is proven at its own host, always."""
        seen = tuple([_without_host(one, self.target) for one in verdicts])
        if self._at is not None and not any(one is None or isinstance(one, Exposed) for one in seen):
            self._memory.keep(self._at, tuple([one for one in seen if one is not None]), len(seen))


def _of_any_host(reply: Reply) -> bool:
    """Whether nothing in an answer can be about its host, or lead to one: what a look makes of hosts, it makes of those
    in addresses."""
    if isinstance(reply, tuple):
        return all(_of_any_host(one) for one in reply if isinstance(one, Response))
    if not isinstance(reply, Response):
        return isinstance(reply, NoAnswer)
    if len(reply.body) > _PAGE:
        return False
    said = "\n".join([value for name, value in reply.headers.pairs if name not in _CLOCK])
    page = _DECLARES.sub(b"", reply.body)
    return said.isascii() and not (_MAY_NAME_HOSTS.search(said.encode()) or _MAY_NAME_HOSTS.search(page))


def _digest(said: bytes) -> bytes:
    return hashlib.sha256(said).digest()


def _text(value: object) -> bytes:
    return repr(value).encode("utf-8", "surrogatepass")


def _all_of(values: tuple[Any, ...]) -> bytes:
    """All that values are. What they show of themselves (`repr`) is less: a path that was once seen open is not in it,
    and each host has others."""
    try:
        return marshal.dumps(values, _BY_VALUE)
    except ValueError:  # marshal knows plain values, and most targets have no others
        return marshal.dumps(_plain(values), _BY_VALUE)


def _plain(value: Any) -> Any:
    """A value in the terms of marshal."""
    if type(value) in (str, int, bool):
        return value
    if isinstance(value, tuple):
        return tuple([_plain(one) for one in value])
    if is_dataclass(value):
        return type(value).__name__, *[_plain(getattr(value, one.name)) for one in fields(value) if one.compare]
    return None if value is None else (type(value).__name__, repr(value))


def _without_chance(ask: Ask, nonce: str) -> Request | Together | None:
    if isinstance(ask, Together):
        asks = [one for each in ask.asks if isinstance(one := _without_chance(each, nonce), Request)]
        return Together(tuple(asks)) if len(asks) == len(ask.asks) else None
    if not isinstance(ask, Request) or nonce in ask.said or nonce.encode() in ask.body or ask.host:
        return None
    if any(name == "Cookie" or nonce in value for name, value in ask.headers):
        return None  # the cookie of a wall is carried within one look, and never kept
    return replace(ask, path=ask.path.replace(nonce, _CANARY)) if nonce in ask.path else ask


def _with_chance(ask: Request | Together, nonce: str) -> Request | Together:
    if isinstance(ask, Together):
        return Together(tuple([replace(one, path=one.path.replace(_CANARY, nonce)) for one in ask.asks]))
    return replace(ask, path=ask.path.replace(_CANARY, nonce)) if _CANARY in ask.path else ask


def _heard(reply: Reply, nonce: str) -> Hashable:
    """All of an answer on which a look rests, whatever the chance in its canaries was."""
    if isinstance(reply, Response):
        return _essence(reply, nonce)
    if isinstance(reply, tuple):
        return tuple([_heard(one, nonce) for one in reply])
    return reply if isinstance(reply, NoAnswer) else None


def _heard_at(step: int, reply: Reply, target: WebTarget) -> Hashable:
    """What a step was answered, as `_heard` has it. Of the first answer a look also reads whether it is what it was the
    last time (`front_of`), the certificate with it: what rests is asked for again where it is not."""
    heard = _heard(reply, target.nonce)
    if step or not target.front or not isinstance(reply, Response):
        return heard
    return heard, front_of(reply) == target.front


def _essence(answer: Response, nonce: str) -> Hashable:
    said = tuple([pair for pair in answer.headers.pairs if pair[0] not in _CLOCK])
    chance, digest = nonce.encode(), answer.digest
    # Many servers repeat the path that they do not have.
    repeated = answer.body.count(chance)
    if repeated:
        digest = hashlib.sha256(answer.body.replace(chance, _CANARY.encode())).hexdigest()
    if any(nonce in value for _, value in said):
        said = tuple([(name, value.replace(nonce, _CANARY)) for name, value in said])
    # But for `front_of` no look reads which certificate it is: it reads its faults and its last day, in which those of
    # many hosts are alike.
    of_tls = answer.certificate, answer.certificate_ends
    # By its digest: headers may be long, and others each time.
    return _digest(_text((answer.status, answer.ending, said, digest, repeated, of_tls)))


def _listings(verdict: Verdict) -> Iterator[Listing]:
    if isinstance(verdict, Exposed):
        yield from (one for one in (verdict.listing, *verdict.inside) if one is not None)


def _rows(verdict: Verdict) -> int:
    return sum(len(one.entries) for one in _listings(verdict))


def _named(verdict: Verdict) -> int:
    """Letters of what a verdict names."""
    said = (*verdict.witnesses, verdict.place.path) if isinstance(verdict, Exposed) else (verdict.place.path,)
    entries = sum(len(entry.name) + len(entry.path) for one in _listings(verdict) for entry in one.entries)
    return entries + sum(map(len, said))


def _weight(letters: int) -> int:
    return 1 + letters // _A_ROW


def _letters(step: _Step | None) -> int:
    """Letters of what a step asks for."""
    if step is None:
        return 0
    asks = step[0].asks if isinstance(step[0], Together) else (step[0],)
    return sum(len(one.path) + len(one.said) for one in asks)
