"""Letters that are taken back, over the whole course of a routine: as it should be, and not."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

from monitor.findings.finding import Severity, State
from probes.api import Clear, Exposed, Verdict
from probes.reasons import OpenReason, UndecidedReason
from tests.probes.dispatch.test_dispatch import CASES, NINE, SECRETS, Watched, verdicts, watched
from tests.servers.dispatching import RECALLED

CASE = {"id": "recalled", "token": "env:T_RECALLED", "to": "a", "recalled": "8h"}


def recalling(tmp_path: Path) -> AbstractAsyncContextManager[Watched]:
    environ = {**SECRETS, "T_RECALLED": RECALLED}
    return watched(tmp_path, environ, cases=[*CASES, CASE], every="1d")


async def look_at(it: Watched, hours: float) -> Verdict:
    it.set_to(NINE + timedelta(hours=hours))
    return verdicts(await it.app.round())["recalled"]


async def test_canary_6_a_letter_that_is_taken_back_in_time_was_seen_and_is_gone(tmp_path: Path) -> None:
    async with recalling(tmp_path) as it:
        it.routine.takes_back = True
        it.routine.dispatch()
        seen = await look_at(it, 5)
        assert seen.why is UndecidedReason.NOT_DISPATCHED, "its time has not come"
        it.routine.recall(tmp_path / "mail")
        assert isinstance(await look_at(it, 9), Clear)
        # The next one lies in the box as it should, while the last recall stands.
        it.set_to(NINE + timedelta(days=1))
        it.routine.dispatch()
        assert isinstance(await look_at(it, 29), Clear)


async def test_canary_6_a_letter_that_still_lies_there_is_a_finding_until_a_recall_works(tmp_path: Path) -> None:
    async with recalling(tmp_path) as it:
        it.routine.takes_back = True
        it.routine.dispatch()
        await look_at(it, 5)
        late = await look_at(it, 9)
        assert isinstance(late, Exposed)
        assert late.why is OpenReason.NOT_RECALLED
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        assert (finding.severity, finding.state) == (Severity.MEDIUM, State.EXPOSED)
        it.set_to(NINE + timedelta(days=1))
        it.routine.dispatch()
        assert isinstance(await look_at(it, 28), Exposed), "the last one counts until this one is due"
        it.routine.recall(tmp_path / "mail")
        for hours in (28.5, 33, 35, 37):
            await look_at(it, hours)
        (finding,) = await it.app.ledger(lambda ledger: ledger.findings())
        assert finding.state is State.CLEARED


async def test_canary_6_a_letter_that_never_came_was_not_taken_back(tmp_path: Path) -> None:
    async with recalling(tmp_path) as it:
        it.routine.dispatch()
        await look_at(it, 5)
        assert (await look_at(it, 9)).why is UndecidedReason.LETTER_MISSING


async def test_canary_6_a_letter_in_the_wrong_box_is_misdirected_whatever_is_recalled(tmp_path: Path) -> None:
    async with recalling(tmp_path) as it:
        it.routine.takes_back = True
        it.routine.dispatch()
        (letter,) = [one for one in (tmp_path / "mail" / "anna.canary@box.test" / "new").iterdir() if _has(one)]
        letter.rename(tmp_path / "mail" / "anna.canari@box.test" / "new" / letter.name)
        assert (await look_at(it, 5)).why is OpenReason.MISDIRECTED


def _has(letter: Path) -> bool:
    return b"recalled@agency.test" in letter.read_bytes()
