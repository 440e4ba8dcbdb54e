"""Every reason and every step of a proof comes back from the ledger as it was put there."""

from __future__ import annotations

import json

import pytest

from monitor.findings import reasons as r
from monitor.findings.finding import Severity, State
from monitor.findings.reasons import Cause, Reason, SeverityReason
from monitor.store.reason_rows import (
    dump_reason,
    fact_rows,
    facts_of,
    load_reason,
    proof_of,
    proof_rows,
    reason_row,
    severity_reason_of,
)
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.recognise.people.tokens import Identifier

REASONS: tuple[Reason, ...] = (
    *Cause,
    r.Grew(3, 9),
    r.Tenfold(3, 40),
    r.Worse(Severity.LOW, Severity.HIGH),
    r.OpenAgain(State.CLEARED),
    r.ClearLooks(3, 30),
    r.FirstClear(ClosedReason.FORBIDDEN),
    r.UnknownCustomers(1),
    r.ClocksRun((r.ClockRuns("region", "gdpr-33-1", 50),)),
    r.NoVerdict(NoAnswerReason.TIMED_OUT),
    r.OpenByIntent("2027-01-01"),
    r.PartOf("nas.test:443/"),
    *(r.ControlFailed(control, NoAnswerReason.RESET) for control in r.Control),
)
SEVERITY: tuple[SeverityReason, ...] = (
    *(r.Holds(holding, 2, readable=True) for holding in r.Holding),
    r.Declared("patient"),
    *(r.NamesHold(what, 97, 300, synthetic=True) for what in Identifier),
    r.Live(),
    r.NoWorseThan(OpenReason.ACL_READABLE),
)


@pytest.mark.parametrize("reason", REASONS, ids=repr)
def test_a_reason_comes_back(reason: Reason) -> None:
    assert load_reason(dump_reason(reason)) == reason


@pytest.mark.parametrize("reason", SEVERITY, ids=repr)
def test_the_reason_of_a_severity_comes_back(reason: SeverityReason) -> None:
    assert severity_reason_of(json.loads(json.dumps(reason_row(reason)))) == reason


def test_a_proof_comes_back() -> None:
    proof = (*(Proof(step) for step in ProofStep), Proof(ProofStep.PARSES_AS_LISTING, "nginx"))
    assert proof_of(json.loads(json.dumps(proof_rows(proof)))) == proof


def test_facts_come_back() -> None:
    facts = tuple(Fact(kind, "Apache/2.4.7", 443, at_least=True) for kind in FactKind)
    assert facts_of(json.loads(json.dumps(fact_rows(facts)))) == facts
