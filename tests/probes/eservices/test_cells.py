"""The matrix of roles against a model of an application, over a thousand random ones: no leak missed, none invented."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from probes.api import Clear, Exposed, Unknown, Verdict, WebTarget
from probes.eservices.cells import may, paths
from probes.eservices.role_matrix import look
from probes.matrix import CanaryObject, Matrix, Rule, Subject
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Reply
from probes.requests.session import InSession, Shown, SideBySide

TENANTS = ("a", "b", "c")
CANARIES = tuple(CanaryObject(tenant, f"/object/{tenant}") for tenant in TENANTS)


@dataclass
class Model:
    """An application that shows everybody what they may see, but for its faults."""

    matrix: Matrix
    leaks: frozenset[tuple[str, str]]
    """Subject and path: what it shows there that it should not."""
    silent: frozenset[tuple[str, str]]
    expired: frozenset[str]

    def answer(self, step: InSession) -> Shown | NoAnswer:
        """The answer to one request."""
        subject = next(one for one in self.matrix.subjects if one.id == step.subject)
        rule, tenant = next(
            (rule, of) for rule in self.matrix.rules for path, of in paths(self.matrix, rule) if path == step.path
        )
        if (subject.id, step.path) in self.silent:
            return NoAnswer(NoAnswerReason.TIMED_OUT)
        if subject.id in self.expired:
            return Shown(302, login=True)
        leaked = {tenant} if tenant else set(TENANTS) - {subject.tenant}
        extra = leaked if (subject.id, step.path) in self.leaks else set()
        if not may(rule, subject, tenant):
            return Shown(200, tuple(sorted(extra))) if extra else Shown(401 if subject.anonymous else 403)
        own = set(TENANTS) if rule.all_tenants else {tenant or subject.tenant} - {""}
        return Shown(200, tuple(sorted(own | extra)))


def made(chance: random.Random) -> Model:
    """A random application with a random matrix."""
    subjects = [Subject("anyone", anonymous=True)]
    subjects += [Subject(f"{role}-{of}", of) for role in ("admin", "clerk") for of in TENANTS if chance.random() < 0.8]
    named = [one.id for one in subjects if not one.anonymous]
    rules = []
    for at in range(chance.randint(1, 4)):
        path = "{object}" if at == 0 and chance.random() < 0.5 else f"/list/{at}"
        rules.append(Rule(f"rule-{at}", path, tuple(named if chance.random() < 0.7 else named[::2])))
    matrix = Matrix(tuple(subjects), CANARIES, tuple(rules))
    cells = [(one.id, path) for rule in rules for path, _ in paths(matrix, rule) for one in subjects]

    def some(share: float) -> frozenset[tuple[str, str]]:
        return frozenset(cell for cell in cells if chance.random() < share)

    expired = frozenset(one for one in named if chance.random() < 0.05)
    return Model(matrix, some(0.06 if chance.random() < 0.6 else 0.0), some(0.02), expired)


def verdicts(model: Model) -> Mapping[str, Verdict]:
    """What the probe says of each rule."""
    target = WebTarget("portal", "portal.test", "portal.test", "127.0.0.1", 443, tls=True, matrix=model.matrix)
    dialogue = look(target)
    told: Reply | None = None
    try:
        while True:
            step = dialogue.send(told)  # type: ignore[arg-type] # None begins a dialogue
            assert isinstance(step, SideBySide)
            told = tuple(model.answer(one) for one in step.asks)
    except StopIteration as end:
        return dict(zip([rule.id for rule in model.matrix.rules], end.value, strict=False))


def test_a_thousand_random_applications_have_no_leak_missed_and_none_invented() -> None:
    leaking = holding = 0
    for seed in range(1000):
        model = made(random.Random(seed))
        told = verdicts(model)
        for rule in model.matrix.rules:
            said = told[rule.id]
            asked = [path for path, _ in paths(model.matrix, rule)]
            shown = {
                (subject, path)
                for subject, path in model.leaks - model.silent
                if path in asked and subject not in model.expired and _adds(model, rule, subject, path)
            }
            assert isinstance(said, Exposed) == bool(shown), (seed, rule, shown, said)
            leaking += bool(shown)
            holding += isinstance(said, Clear)
            if isinstance(said, Clear):
                quiet = [cell for cell in model.silent if cell[1] in asked]
                assert not quiet, "a cell without an answer is never clear"
    assert leaking > 100
    assert holding > 100


def _adds(model: Model, rule: Rule, id_: str, path: str) -> bool:
    """Whether the fault shows somebody what they may not see: of one's own object there is nothing to leak."""
    subject = next(one for one in model.matrix.subjects if one.id == id_)
    tenant = next(of for asked, of in paths(model.matrix, rule) if asked == path)
    return not (may(rule, subject, tenant) and tenant)


def test_every_subject_that_is_locked_out_everywhere_is_no_pass() -> None:
    matrix = Matrix(
        (Subject("anyone", anonymous=True), Subject("admin-a", "a"), Subject("admin-b", "b")),
        CANARIES[:2],
        (Rule("list", "/list", ("admin-a", "admin-b")), Rule("city", "/city", ())),
    )
    said = verdicts(Model(matrix, frozenset(), frozenset(), frozenset({"admin-b"})))
    assert isinstance(said["city"], Unknown)
    assert isinstance(said["list"], Unknown)
