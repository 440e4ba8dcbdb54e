"""Reasons, proofs and facts to stored values and back: each is a list of its kind and its values, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any, Final

from monitor.findings import reasons as r
from monitor.findings.finding import Severity, State
from monitor.findings.reasons import Cause, NamesHold, Reason, SeverityReason
from monitor.store.schema.stored import reading_row, value_of
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import why_of
from probes.recognise.people.tokens import Identifier

_CHANGES: Final[dict[str, tuple[type, Callable[..., Reason]]]] = {
    "grew": (r.Grew, r.Grew),
    "tenfold": (r.Tenfold, r.Tenfold),
    "worse": (r.Worse, lambda before, after: r.Worse(Severity(before), Severity(after))),
    "open-again": (r.OpenAgain, lambda after: r.OpenAgain(State(after))),
    "clear-looks": (r.ClearLooks, r.ClearLooks),
    "first-clear": (r.FirstClear, lambda why: r.FirstClear(why_of(why))),
    "retired": (r.Retired, lambda endpoints, looks: r.Retired(tuple(endpoints), looks)),
    "unknown-customers": (r.UnknownCustomers, r.UnknownCustomers),
    "clocks-run": (r.ClocksRun, lambda clocks: r.ClocksRun(tuple(r.ClockRuns(*one) for one in clocks))),
    "no-verdict": (r.NoVerdict, lambda why: r.NoVerdict(why_of(why))),
    "open-by-intent": (r.OpenByIntent, r.OpenByIntent),
    "part-of": (r.PartOf, r.PartOf),
    "control-failed": (r.ControlFailed, lambda known, why: r.ControlFailed(r.Control(known), why_of(why))),
}
_SEVERITY: Final[dict[str, tuple[type, Callable[..., SeverityReason]]]] = {
    "holds": (r.Holds, lambda what, files, readable: r.Holds(r.Holding(what), files, readable)),
    "declared": (r.Declared, r.Declared),
    "names-hold": (NamesHold, lambda *row: claim_of(row)),
    "live": (r.Live, r.Live),
    "no-worse-than": (r.NoWorseThan, lambda why: r.NoWorseThan(why_of(why))),
}
_KINDS: Final = {made: kind for kind, (made, _) in (*_CHANGES.items(), *_SEVERITY.items())}


def reason_row(reason: Reason | SeverityReason) -> list[Any]:
    """A reason as JSON values: its kind, then its values in their order."""
    return [reason.value] if isinstance(reason, Cause) else [_KINDS[type(reason)], *astuple(reason)]


def reason_of(row: Sequence[Any]) -> Reason:
    """The reason that `reason_row` wrote. Raises ValueError for one that is not known."""
    kind, *values = row
    return _CHANGES[kind][1](*values) if kind in _CHANGES else Cause(kind)


def severity_reason_of(row: Sequence[Any]) -> SeverityReason:
    """The reason of a severity that `reason_row` wrote."""
    kind, *values = row
    return _SEVERITY[kind][1](*values)


def dump_reason(reason: Reason) -> str:
    """A reason as the text of a column."""
    return json.dumps(reason_row(reason), ensure_ascii=False, separators=(",", ":"))


def load_reason(text: str) -> Reason:
    """The reason that `dump_reason` wrote. Raises RowDamaged."""
    with reading_row():
        return reason_of(value_of(text))


def proof_rows(proof: Sequence[Proof]) -> list[list[str]]:
    """The steps of a proof as JSON values."""
    return [[one.step.value, one.detail] if one.detail else [one.step.value] for one in proof]


def proof_of(rows: Sequence[Sequence[str]]) -> tuple[Proof, ...]:
    """The steps that `proof_rows` wrote."""
    return tuple(Proof(ProofStep(step), *detail) for step, *detail in rows)


def claim_of(row: Sequence[Any]) -> NamesHold:
    """What names hold, from the values that `reason_row` wrote after its kind."""
    what, *counts = row
    return NamesHold(Identifier(what), *counts)


def fact_rows(facts: Sequence[Fact]) -> list[list[Any]]:
    """Facts as JSON values, each its kind and its values."""
    return [[one.kind.value, one.detail, one.number, one.at_least] for one in facts]


def facts_of(rows: Sequence[Sequence[Any]]) -> tuple[Fact, ...]:
    """The facts that `fact_rows` wrote."""
    return tuple(Fact(FactKind(kind), *values) for kind, *values in rows)
