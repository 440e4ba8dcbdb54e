"""What came of one slot of an asset's rhythm: one word, and the reason where it is not conclusive. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.reasons import ELSEWHERE, NoAnswerReason, UndecidedReason, Why

EXPOSED, CLEAR, BLIND, NOT_RUN, NO_VERDICT = "exposed", "clear", "blind", "not-run", "no-verdict"
_BLOCKED = {
    UndecidedReason.THROTTLED,
    UndecidedReason.FILTERED,
    UndecidedReason.FIREWALLED,
    NoAnswerReason.TOLD_TO_WAIT,
}


def slot_outcome(verdicts: Iterable[Verdict]) -> str:
    """The outcome of a whole look at an asset: `exposed`, `clear`, or `inconclusive:`, `blocked:`, `refused:` and why.

    Only the first two are conclusive. As in the state of an asset, one place without a verdict leaves it inconclusive,
    and a port on which nothing listens is no gap beside one that was judged.
    """
    clear, unknown = 0, list[Why]()
    for verdict in verdicts:
        match verdict:
            case Exposed():
                return EXPOSED
            case Clear():
                clear += verdict.why not in ELSEWHERE
            case Unknown():
                unknown.append(verdict.why)
    gaps = [why for why in unknown if not (clear and why is NoAnswerReason.REFUSED)]
    if not gaps:
        return CLEAR if clear else f"inconclusive:{NO_VERDICT}"
    why = Counter(gaps).most_common(1)[0][0]
    if why is UndecidedReason.BLIND_ROUND:
        return BLIND
    if why is NoAnswerReason.OUT_OF_SCOPE:
        return f"refused:{why.value}"
    return f"{'blocked' if why in _BLOCKED else 'inconclusive'}:{why.value}"


def conclusive(outcome: str) -> bool:
    """Whether an outcome says how the asset stood."""
    return outcome in (EXPOSED, CLEAR)
