"""Promises judged from outside: a host of a closed network answers nobody else, and nothing is in clear text.

What a look at an endpoint saw is judged once more, by what was promised of its asset. No request is asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from probes.api import Clear, Exposed, Verdict, WebTarget
from probes.dispatch.kinds import COUNT, DISPATCH
from probes.eservices.kinds import KINDS as ESERVICES
from probes.eservices.kinds import ROLES
from probes.logs.kinds import KINDS as LOGS
from probes.names.closed_name import KIND as NAME
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why

NETWORK: Final = "promise-network"
TLS: Final = "promise-tls"
KINDS: Final = frozenset({NETWORK, TLS, NAME})
"""The kinds of findings of broken promises: how something is reached is wrong, and nothing is counted for them."""
SECTIONS: Final = MappingProxyType(
    {
        **dict.fromkeys(ESERVICES - {ROLES}, "eservices"),
        ROLES: "roles",
        **dict.fromkeys(LOGS, "access_log"),
        DISPATCH: "dispatch",
        COUNT: "dispatch.monthly",
    }
)
"""The kinds that are checked only while the inventory has a section of their asset, and that section."""
ENDING: Final = KINDS | SECTIONS.keys()
"""The kinds of findings that end when what they are held against leaves the inventory."""

_CONTENT = frozenset({ClosedReason.NO_LISTING, ClosedReason.LOGIN_WALL})
"""Closed by an ordinary page or a page with a login: each was served, whatever it was served by."""
_ANSWERS = frozenset(
    {
        *(frozenset(ClosedReason) - {ClosedReason.NOT_SPOKEN, ClosedReason.NOT_REACHED}),
        *OpenReason,
        NoAnswerReason.CLIENT_CERTIFICATE,
        UndecidedReason.REDIRECTED,
        UndecidedReason.CATCH_ALL,
        UndecidedReason.DRAWN_BY_SCRIPT,
        UndecidedReason.MEANING_UNKNOWN,
    }
)
"""What only the host itself says. A filter's page, an overload or a broken answer may be of a front that guards it."""
_SILENCE = frozenset(
    {NoAnswerReason.TIMED_OUT, NoAnswerReason.REFUSED, NoAnswerReason.UNREACHABLE, NoAnswerReason.HOST_SILENT}
)


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised of one asset, and from which network it is looked at."""

    networks: frozenset[str] = frozenset()
    """The closed networks outside which nothing of it answers; none: it may answer anywhere."""
    tls: bool = False
    vantage: str = "internet"


def closed_here(promised: Promised) -> bool:
    """Whether nothing of an asset may be reached from where it is looked at."""
    return bool(promised.networks) and promised.vantage not in promised.networks


def judged(target: WebTarget, verdicts: Iterable[Verdict], promised: Promised) -> tuple[Verdict, ...]:
    """The verdicts on promises by what a look at one endpoint saw; none where it proves neither."""
    if not promised.networks and not promised.tls:
        return ()
    verdicts = tuple(verdicts)
    found: list[Verdict | None] = []
    if closed_here(promised):
        found.append(_network(target, verdicts))
    if promised.tls and not target.tls:
        found.append(_clear_text(target, verdicts))
    return tuple(one for one in found if one is not None)


def _network(target: WebTarget, verdicts: tuple[Verdict, ...]) -> Verdict | None:
    place = target.place("/")
    seen = next((verdict.why for verdict in verdicts if verdict.why in _ANSWERS), None)
    if seen is not None:
        return Exposed(place, NETWORK, OpenReason.REACHABLE, proof=(Proof(ProofStep.HOST_ANSWERS, seen.value),))
    # Of this promise alone silence is the sign itself: what was promised is that nothing answers. It counts only
    # between controls that show that we see, and closes as slowly as everything else.
    if verdicts and all(verdict.why in _SILENCE for verdict in verdicts):
        return Clear(place, NETWORK, ClosedReason.NOT_REACHED)
    return None


def _clear_text(target: WebTarget, verdicts: tuple[Verdict, ...]) -> Verdict | None:
    place = target.place("/")
    served: Why | None = next((verdict.why for verdict in verdicts if _is_content(verdict)), None)
    if served is not None:
        return Exposed(place, TLS, OpenReason.CLEAR_TEXT, proof=(Proof(ProofStep.SERVED_IN_CLEAR, served.value),))
    if verdicts and all(isinstance(verdict, Clear) for verdict in verdicts):
        return Clear(place, TLS, verdicts[0].why)
    return None


def _is_content(verdict: Verdict) -> bool:
    return isinstance(verdict, Exposed) or (isinstance(verdict, Clear) and verdict.why in _CONTENT)
