"""The probe `iscsi`: disks over the network that strangers may open."""

from __future__ import annotations

import re
from collections.abc import Generator
from urllib.parse import quote, unquote

from probes.api import Clear, Dialogue, Exposed, Place, Probe, ServiceTarget, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.shares import iscsi
from probes.recognise.shares.iscsi import Answer
from probes.requests.commands.command import Argument
from probes.requests.http import Ask, Reply, exchanged
from probes.requests.stream import Disconnect, Exactly, Framed, Received
from probes.services._connect import Undecided, answer_to, opened, say, settled

KIND = "iscsi"
_PDU = Framed(5, 3, add=48, pad=4)
_ANSWER = re.compile(rb"[\x23\x24].{3}\0", re.DOTALL)
_TARGETS = 8
_NAME = re.compile(r"[A-Za-z0-9.:_-]{1,223}")
_WANTS_SECRET, _NO_SUCH, _BUSY = frozenset({0x0201, 0x0202}), frozenset({0x0203}), frozenset({0x0301, 0x0302})


def look(target: ServiceTarget) -> Dialogue:
    """Ask which targets there are, and begin a login without a secret to each, to a target that cannot exist, and once
    more over a new connection. It ends where it is decided who is let in: no disk is touched. Names alone, which most
    servers give to everybody, prove nothing."""
    root = target.place("/")
    listed = yield from _discovered(target, root)
    if isinstance(listed, Unknown) or (isinstance(listed, Clear) and listed.why is not ClosedReason.LOGIN_DEMANDED):
        places = dict.fromkeys((root, *(target.place(one.path) for one in target.known)))
        return tuple(type(listed)(place, KIND, listed.why, facts=listed.facts) for place in places)
    known = [unquote(one.path.strip("/")) for one in target.known if one.path != "/"]
    names = list(dict.fromkeys((*known, *target.names, *(listed if isinstance(listed, tuple) else ()))))
    verdicts: list[Verdict] = []
    for name in names[:_TARGETS]:
        verdicts.append((yield from _disk(target, name, listed=isinstance(listed, tuple) and name in listed)))
    if len(names) > _TARGETS:
        left = f"{len(names) - _TARGETS} targets were not tried: declare them as names"
        verdicts.append(Unknown(root, KIND, NoAnswerReason.BUDGET_SPENT, left))
    elif not names:
        verdicts.append(listed if isinstance(listed, Clear) else Clear(root, KIND, ClosedReason.NOTHING_OFFERED))
    return tuple(verdicts)


def _disk(target: ServiceTarget, name: str, *, listed: bool) -> Generator[Ask, Reply, Verdict]:
    place = target.place(f"/{quote(name, safe=':')}/")
    if not _NAME.fullmatch(name):
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "a name that no target has")
    refused = yield from _refused(target, place, "login", name)
    if refused is not None:
        return refused
    none = yield from _refused(target, place, "login of none", target.nonce)
    if not isinstance(none, Clear):
        why = UndecidedReason.CATCH_ALL if none is None else UndecidedReason.CANARY_FAILED
        return Unknown(place, KIND, why, "a target that cannot exist is not missing")
    facts = () if listed else (Fact(FactKind.NOT_IN_THE_LIST),)
    proof = (Proof(ProofStep.LET_IN), Proof(ProofStep.SHARE_CANARY))
    shown = Exposed(place, KIND, OpenReason.FULL_CONTROL, facts=facts, proof=proof)
    return settled(shown, (yield from _refused(target, place, "login", name)))


def _discovered(target: ServiceTarget, place: Place) -> Generator[Ask, Reply, tuple[str, ...] | Undecided]:
    """The targets that the server names to strangers, or why it names none."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    entered = yield from _asked(target, place, "discover")
    if not isinstance(entered, Answer):
        return entered
    if entered.status or not entered.passed:
        return _login_refused(place, entered)
    told = yield from _asked(target, place, "SendTargets", entered.serial + 1)
    if not isinstance(told, Answer):
        return told
    yield from exchanged(say(target, "logout", Exactly(0)))
    yield from exchanged(Disconnect())
    if told.opcode != iscsi.TEXT:
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "no list of targets")
    return told.targets


def _refused(target: ServiceTarget, place: Place, verb: str, name: str) -> Generator[Ask, Reply, Undecided | None]:
    """Why a target does not let in without a secret, over a new connection; None when it does."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    told = yield from _asked(target, place, verb, name)
    yield from exchanged(Disconnect())
    if not isinstance(told, Answer):
        return told
    if told.opcode != iscsi.LOGIN:
        return Unknown(place, KIND, UndecidedReason.STATUS_UNEXPECTED, "no answer to a login")
    return None if told.status == 0 and told.passed else _login_refused(place, told)


def _login_refused(place: Place, told: Answer) -> Undecided:
    if told.status in _WANTS_SECRET or (told.status == 0 and not told.passed):
        return Clear(place, KIND, ClosedReason.LOGIN_DEMANDED)
    if told.status in _NO_SUCH:
        return Clear(place, KIND, ClosedReason.NOT_FOUND)
    why = UndecidedReason.THROTTLED if told.status in _BUSY else UndecidedReason.STATUS_UNEXPECTED
    return Unknown(place, KIND, why, f"status {told.status:#06x} to a login")


def _asked(
    target: ServiceTarget, place: Place, verb: str, *arguments: Argument
) -> Generator[Ask, Reply, Answer | Undecided]:
    told = yield from answer_to(target, place, say(target, verb, _PDU, *arguments, take=65_536), _ANSWER)
    if not isinstance(told, Received):
        return told
    try:
        return iscsi.answer(told.data)
    except iscsi.NotIscsi:
        return Unknown(place, KIND, UndecidedReason.GRAMMAR_UNKNOWN)


ISCSI: Probe[ServiceTarget] = Probe(
    "iscsi", ServiceTarget, look, "Disks over the network (iSCSI) that strangers may open; no disk is touched."
)
