"""A look in which every answer is what it was the last time comes to what it came to then: the page is not read again.

A probe is a function of its target and of the answers that it is sent, so the same answers make it ask the same and end
in the same verdicts. Each answer is held against the one before it as it comes. From the first that is another on, the
look goes on as any other does. Chance stands in canaries alone: one name that cannot exist is as good as the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeAlias

from probes.api import Clear, Dialogue, Exposed, Unknown, Verdict, WebTarget
from probes.recognise.listing.model import Listing
from probes.recognise.memo import Memo
from probes.requests.http import Ask, NoAnswer, Reply, Request, Response, Together

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
    memory: Memo[WebTarget, _Past] = Memo(MOST)
    shared: Memo[Hashable, Any] = Memo(MOST)

    def keep(target: WebTarget, steps: tuple[_Step | None, ...], verdicts: tuple[Verdict, ...]) -> None:
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
        memory.keep(target, past if rows else shared.get(past, lambda: past, 1), rows + _weight(letters))

    @wraps(look)
    def looked(target: WebTarget) -> Dialogue:
        if target.control:
            # A control shows that pages are read rightly: they are, each time.
            return (yield from look(target))
        past = memory.kept(target)
        told: list[tuple[Ask, Reply]] = []
        for ask, heard in past.steps if past is not None else ():
            said = _with_chance(ask, target.nonce)
            reply = yield said
            told.append((said, reply))
            if _heard(reply, target.nonce) != heard:
                break
        else:
            if past is not None:
                return tuple([_with_host(one, target) for one in past.seen])
        steps: list[_Step | None] = []
        verdicts = yield from _live(look(target), told, steps, target.nonce)
        keep(target, tuple(steps), verdicts)
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


def _live(dialogue: Dialogue, told: list[tuple[Ask, Reply]], steps: list[_Step | None], nonce: str) -> Dialogue:
    """The look itself, which is first told what was asked for already; `steps` are what comes of it, None for one that
    cannot be remembered."""
    waiting, reply = iter(told), None
    while True:
        try:
            ask = next(dialogue) if reply is None else dialogue.send(reply)
        except StopIteration as end:
            verdicts: tuple[Verdict, ...] = end.value
            return verdicts
        said, known = next(waiting, (None, None))
        if said == ask and known is not None:
            reply = known
        else:
            waiting = iter(())
            reply = yield ask
        steps.append(_step(ask, reply, nonce))


def _step(ask: Ask, reply: Reply, nonce: str) -> _Step | None:
    without = _without_chance(ask, nonce)
    return None if without is None else (without, _heard(reply, nonce))


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


def _essence(answer: Response, nonce: str) -> Hashable:
    said = tuple([pair for pair in answer.headers.pairs if pair[0] not in _CLOCK])
    chance, digest = nonce.encode(), answer.digest
    # Many servers repeat the path that they do not have.
    repeated = answer.body.count(chance)
    if repeated:
        digest = hashlib.sha256(answer.body.replace(chance, _CANARY.encode())).hexdigest()
    if any(nonce in value for _, value in said):
        said = tuple([(name, value.replace(nonce, _CANARY)) for name, value in said])
    of_tls = answer.certificate, answer.leaf, answer.certificate_ends
    # By its digest: headers may be long, and others each time.
    whole = repr((answer.status, answer.ending, said, digest, repeated, of_tls))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).digest()


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
