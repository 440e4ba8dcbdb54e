"""The probe `ldap`: directories of people and machines that strangers may read."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.stores import ldap
from probes.requests.commands.command import Argument
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import Ber, Disconnect, Exactly, Exchange, Received, Secure
from probes.services._connect import Undecided, answered, opened, say, silent, twice

KIND = "ldap"
_MESSAGE = re.compile(rb"\x30[\x05-\x7f\x81-\x84]")
_TREES = 4
_USUAL = (b"ou=people,", b"ou=users,", b"ou=groups,", b"cn=users,")
"""Branches of a tree that are tried where its root is refused: of OpenLDAP's guides, and of Active Directory."""
_MOST = 8
"""Messages of one answer: at most one entry is asked for, and references may stand beside it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search ended with."""

    code: int
    entries: int
    contexts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refused:
    """A refusal, by its code."""

    code: int


@dataclass(frozen=True, slots=True)
class _WantsTls:
    """A refusal in clear text that may be none in TLS; once TLS was asked for: none is offered."""

    code: int


def look(target: ServiceTarget) -> Dialogue:
    """Come in without a name, read which trees there are, and ask for one entry of each without anything in it; then
    for one that cannot exist, and for all again over a new connection.

    Being let in, and what a directory says of itself, is public by design and proves nothing. Nor does the root of a
    tree alone: there must be more below it than was asked for.
    """
    place = target.place("/")
    return ((yield from twice(lambda: _seen(target, place))),)


def _seen(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Exposed | Undecided]:
    """What strangers are shown in clear text; where it asks for more protection than that, what they are in TLS."""
    shown = yield from _shown(target, place, secure=False)
    if not isinstance(shown, _WantsTls):
        return shown
    secured = yield from _shown(target, place, secure=True)
    return _refused(place, shown.code) if isinstance(secured, _WantsTls) else secured  # it offers none


def _shown(
    target: ServiceTarget, place: Place, *, secure: bool
) -> Generator[Ask, Reply, Exposed | Undecided | _WantsTls]:
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    if secure:
        offered = yield from _asked(target, place, "StartTLS")
        if not isinstance(offered, _Found):
            return offered
        if offered.code != ldap.SUCCESS:
            return _WantsTls(offered.code)
        told = yield from exchanged(Secure())
        if isinstance(told, NoAnswer):
            return silent(place, KIND, told)
    shown = yield from _trees(target, place)
    if not isinstance(shown, _Refused):
        return replace(shown, facts=(Fact(FactKind.TLS_ALONE),)) if secure and isinstance(shown, Exposed) else shown
    in_clear = not secure and not target.tls and shown.code in ldap.WANTS_TLS
    return _WantsTls(shown.code) if in_clear else _refused(place, shown.code)


def _trees(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Exposed | Undecided | _Refused]:
    bound = yield from _asked(target, place, "bind")
    if not isinstance(bound, _Found):
        return bound
    if bound.code != ldap.SUCCESS:
        return _Refused(bound.code)
    root = yield from _asked(target, place, "root")
    if not isinstance(root, _Found):
        return root
    open_once = [tree for one in target.known if one.kind == KIND for tree in one.witnesses]
    named = [name.encode("utf-8", "surrogateescape") for name in (*open_once, *target.names)]
    trees = tuple(dict.fromkeys((*named, *root.contexts)))[: _TREES + len(open_once)]
    if not trees:
        # Who may read the root entry, and who a tree, are two rules: a refusal of the first says nothing of the trees.
        if root.code != ldap.NO_ACCESS and root.code in ldap.REFUSED | ldap.WANTS_TLS:
            return _Refused(root.code)
        return Unknown(place, KIND, UndecidedReason.NAME_NEEDED, "it names no tree: declare one under names")
    last: Undecided | _Refused = Clear(place, KIND, ClosedReason.DENIED, facts=(Fact(FactKind.LET_IN_TO_NOTHING),))
    # Strangers may read a branch and not the root above it.
    branches = tuple(usual + tree for tree in trees for usual in _USUAL if len(tree) < 500)
    for base in (*trees, *branches):
        if base in branches and isinstance(last, _Refused) and last.code != ldap.NO_ACCESS:
            break  # who refuses strangers as such, or is busy, does so everywhere
        found = yield from _asked(target, place, "search", base)
        if not isinstance(found, _Found):
            return found
        if found.entries and found.code == ldap.SIZE_LIMIT:
            none = yield from _asked(target, place, "search of none", base, target.nonce)
            if not isinstance(none, _Found):
                return none
            if none.entries or none.code == ldap.SUCCESS:
                return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "an entry that cannot exist is there")
            yield from exchanged(say(target, "unbind", Exactly(0)))
            yield from exchanged(Disconnect())
            steps = (Proof(ProofStep.LET_IN), Proof(ProofStep.STORE_NAMES), Proof(ProofStep.SHARE_CANARY))
            shown = (base.decode("utf-8", "surrogateescape"),)
            return Exposed(place, KIND, OpenReason.STORE_OPEN, proof=steps, witnesses=shown)
        if found.code not in (ldap.SUCCESS, ldap.NO_SUCH) and (base in trees or found.code in ldap.BUSY):
            last = _Refused(found.code)
    yield from exchanged(say(target, "unbind", Exactly(0)))
    yield from exchanged(Disconnect())
    return last


def _refused(place: Place, code: int) -> Undecided:
    if code in ldap.REFUSED:
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if code in ldap.BUSY:
        return Unknown(place, KIND, UndecidedReason.THROTTLED)
    if code in ldap.WANTS_TLS:
        return Unknown(place, KIND, NoAnswerReason.TLS_FAILED, "it wants encryption and offers none")
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, f"code {code}")


def _asked(
    target: ServiceTarget, place: Place, verb: str, *arguments: Argument
) -> Generator[Ask, Reply, _Found | Undecided]:
    """Ask, and listen to the messages of the answer up to its last. Only the first tells what is spoken there."""
    told = yield from exchanged(say(target, verb, Ber(), *arguments, take=16_384))
    entries = 0
    contexts: tuple[bytes, ...] = ()
    for _ in range(_MOST):
        heard = answered(target, place, told, _MESSAGE)
        if not isinstance(heard, Received):
            return heard
        try:
            answer = ldap.answer(heard.data)
        except ldap.NotLdap:
            return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)
        if answer.kind in (ldap.BIND, ldap.DONE, ldap.EXTENDED):
            return _Found(answer.code, entries, contexts)
        entries += answer.kind == ldap.ENTRY
        contexts += answer.contexts
        told = yield from exchanged(Exchange(None, Ber(), 16_384))
    return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "an answer without an end")


LDAP: Probe[ServiceTarget] = Probe(
    "ldap", ServiceTarget, look, "Directories (LDAP) that strangers may read; one entry is asked for, without content."
)
