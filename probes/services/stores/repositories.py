"""The probes `git` and `svn`: repositories of source code that daemons give to strangers."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import replace
from urllib.parse import quote, unquote_to_bytes

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.stores import repositories
from probes.recognise.stores.repositories import Repository
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Exchange, Quiet, Received, Some, Stop
from probes.services._connect import answer_to, answered, opened, say, settled

_NAMES = 8
_PKT = re.compile(rb"[0-9a-f]{4}")
_LIST = re.compile(rb"\( (?:success|failure) \(")
_SAYING = Quiet(0.3)
"""svnserve's words tell no length: they are over when nothing more comes."""
Asked = Generator[Ask, Reply, Repository | Clear | Unknown]


def _looks(ask: Callable[[ServiceTarget, Place, bytes], Asked]) -> Callable[[ServiceTarget], Dialogue]:
    def look(target: ServiceTarget) -> Dialogue:
        """Ask for each declared repository and for one that cannot exist; then again over a new connection. No
        daemon lists what it holds, and nothing is fetched."""
        known = [one.path for one in target.known]
        paths = list(dict.fromkeys((*known, *(f"/{quote(name.strip('/'))}/" for name in target.names))))[:_NAMES]
        if not paths:
            place = target.place("/")
            told = yield from ask(target, place, target.nonce.encode())
            if isinstance(told, Clear | Unknown):
                return (told,)
            return (Unknown(place, target.speaks, UndecidedReason.NAME_NEEDED, "declare its repositories under names"),)
        verdicts: list[Verdict] = []
        for path in paths:
            verdicts.append((yield from _one(ask, target, path)))
        return tuple(verdicts)

    return look


def _one(
    ask: Callable[[ServiceTarget, Place, bytes], Asked], target: ServiceTarget, path: str
) -> Generator[Ask, Reply, Verdict]:
    place, kind = target.place(path), target.speaks
    name = unquote_to_bytes(path.strip("/"))
    found = yield from ask(target, place, name)
    match found:
        case Clear() | Unknown():
            return found
        case Repository.MISSING:
            return Clear(place, kind, ClosedReason.NOT_FOUND)
        case Repository.LOGIN:
            return Clear(place, kind, ClosedReason.LOGIN_DEMANDED)
        case Repository.OTHER:
            return Unknown(place, kind, UndecidedReason.STATUS_UNEXPECTED, "neither a repository nor a refusal")
    canary = yield from ask(target, place, target.nonce.encode())
    if isinstance(canary, Clear | Unknown):
        return Unknown(place, kind, UndecidedReason.CANARY_FAILED, "a repository that cannot exist is not missing")
    if canary is not Repository.MISSING:
        return Unknown(place, kind, UndecidedReason.CATCH_ALL, "a repository that cannot exist is there")
    again = yield from ask(target, place, name)
    refused: Clear | Unknown | None = None
    if not isinstance(again, Repository):
        refused = again
    elif again is not found:
        refused = Unknown(place, kind, UndecidedReason.UNSTABLE)
    why = OpenReason.STORE_OPEN if found is Repository.OPEN else OpenReason.STORE_EMPTY
    steps = (Proof(ProofStep.STORE_NAMES if found is Repository.OPEN else ProofStep.LET_IN),)
    return settled(Exposed(place, kind, why, proof=(*steps, Proof(ProofStep.SHARE_CANARY))), refused)


def _host(target: ServiceTarget) -> str:
    return target.name or target.address


def _git(target: ServiceTarget, place: Place, name: bytes) -> Asked:
    """What git's daemon says of a repository: the first branch is read, with a small receive buffer."""
    connected = yield from opened(target, place, narrow=True)
    if not isinstance(connected, Received):
        return connected
    heard = yield from answer_to(
        target, place, say(target, "upload-pack", Some(), name, _host(target), take=1024), _PKT
    )
    if not isinstance(heard, Received):
        return heard
    yield from exchanged(say(target, "flush", Exactly(0)))
    yield from exchanged(Disconnect())
    return repositories.git(heard.data)


def _svn(target: ServiceTarget, place: Place, name: bytes) -> Asked:
    """What svnserve says of a repository: which ways in it offers, and whether the public one leads in."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    greeting = yield from answer_to(target, place, Exchange(None, _SAYING), _LIST)
    if not isinstance(greeting, Received):
        return greeting
    told = _to_its_end((yield from exchanged(say(target, "greet", _SAYING, name, _host(target)))))
    heard = answered(target, place, told, _LIST)
    if not isinstance(heard, Received):
        return heard
    ways = repositories.svn_mechanisms(heard.data)
    if ways is None:
        yield from exchanged(Disconnect())
        return Repository.MISSING if repositories.svn_missing(heard.data) else Repository.OTHER
    if b"ANONYMOUS" not in ways:
        yield from exchanged(Disconnect())
        return Repository.LOGIN
    told = _to_its_end((yield from exchanged(say(target, "ANONYMOUS", _SAYING))))
    yield from exchanged(Disconnect())
    heard = answered(target, place, told, _LIST)
    if not isinstance(heard, Received):
        return heard
    if repositories.svn_missing(heard.data):
        return Repository.MISSING
    return Repository.OPEN if repositories.svn_let_in(heard.data) else Repository.OTHER


def _to_its_end(told: Received | NoAnswer) -> Received | NoAnswer:
    """svnserve closes behind a refusal: what came before is whole."""
    if isinstance(told, Received) and told.data and told.stop is Stop.CLOSED:
        return replace(told, stop=Stop.WHOLE)
    return told


GIT: Probe[ServiceTarget] = Probe(
    "git", ServiceTarget, _looks(_git), "Repositories that git's daemon gives to strangers; nothing is fetched."
)
SVN: Probe[ServiceTarget] = Probe(
    "svn", ServiceTarget, _looks(_svn), "Repositories that svnserve gives to strangers; nothing is fetched."
)
