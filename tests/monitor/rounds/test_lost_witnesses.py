"""A finding whose witnesses are lost from the database: clear looks alone do not close it, and people are told why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from monitor.alerts.delivery.writing import preview
from monitor.findings.finding import State
from monitor.findings.handling import contain
from monitor.findings.reasons import Cause
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

LOSSES = {
    "the row is gone": ("DELETE FROM witnesses", ()),
    "the row does not open": ("UPDATE witnesses SET sealed = ?", (b"nonsense",)),
    "the row was sealed with another key": (
        "UPDATE witnesses SET sealed = ?",
        (Fernet(Fernet.generate_key()).encrypt(b'["GET /a"]'),),
    ),
    "the row is a text": ("UPDATE witnesses SET sealed = 'text'", ()),
}


class Nas:
    """A recorder's disk that lists itself, until it is closed, and the time of those who look at it."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)
        self.open = True
        self.disks = {True: Disk(), False: Disk({})}

    def now(self) -> datetime:
        return self.at

    def goes_on(self) -> None:
        self.at += timedelta(minutes=15)

    async def serve(self, talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(self.disks[self.open].answer(hit))


def _lose(ledger: Ledger, sql: str, *given: object) -> None:
    with ledger.step():
        assert ledger.execute(sql, *given).rowcount == 1, "there was a row to lose"


@pytest.mark.parametrize("loss", LOSSES)
async def test_only_a_person_or_new_witnesses_close_what_lost_its_own(tmp_path: Path, loss: str) -> None:
    nas, (sql, given) = Nas(), LOSSES[loss]
    async with listening(nas.serve) as server:
        declared = inventory(
            {"id": "nas", "host": "127.0.0.1", "ports": [server.port]},
            channels=[{"id": "vendor-mail", "party": "vendor", "url": "env:NONE"}],
        )
        async with application(declared, tmp_path / "a.db", nas.now) as app:

            async def rounds(number: int) -> tuple[State, list[str]]:
                for _ in range(number):
                    nas.goes_on()
                    await app.round()
                (now,) = await app.ledger(lambda ledger: ledger.findings())
                changes = await app.ledger(lambda ledger: queries.changes(ledger, now.id))
                return now.state, [one.step.value for one in changes]

            await rounds(1)
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            await app.ledger(lambda ledger: _lose(ledger, sql, *given))
            nas.open = False

            assert await rounds(8) == (State.CLEARING, ["opened", "clearing", "unprovable"])
            changes = await app.ledger(lambda ledger: queries.changes(ledger, finding.id))
            assert changes[-1].reason is Cause.WITNESSES_LOST
            owed = await app.ledger(lambda ledger: ledger.due(nas.now() + timedelta(days=1), 100))
            told = [preview(app.inventory, one.owed) for one in owed if one.owed.step == "unprovable"]
            assert len(told) == 1, "it is told once, however many looks follow"
            assert "NOT PROVEN CLOSED" in told[0].title
            assert f"leftopen contain {finding.id}" in told[0].body

            # Open again: the files that answer now are witnesses, and are lost in their turn.
            nas.open = True
            await rounds(1)
            kept = await app.ledger(lambda ledger: ledger.witnesses(finding.id))
            assert kept, "what answers now is kept"
            nas.open = False
            state, steps = await rounds(4)
            assert (state, steps[-1]) == (State.CLEARED, "cleared"), "the new witnesses were refused"


async def test_the_word_of_a_person_counts_when_it_comes_after_the_loss_was_told(tmp_path: Path) -> None:
    nas = Nas()
    async with listening(nas.serve) as server:
        declared = inventory({"id": "nas", "host": "127.0.0.1", "ports": [server.port]})
        async with application(declared, tmp_path / "a.db", nas.now) as app:
            await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())

            async def says_that_it_is_closed() -> None:
                await app.ledger(
                    lambda ledger: actions.act(
                        ledger, finding.id, lambda *_: contain(nas.now(), "Ada", "asked by hand")
                    )
                )

            async def state_after(number: int) -> State:
                for _ in range(number):
                    nas.goes_on()
                    await app.round()
                return (await app.ledger(lambda ledger: ledger.findings()))[0].state

            await app.ledger(lambda ledger: _lose(ledger, "DELETE FROM witnesses"))
            nas.open = False
            await says_that_it_is_closed()  # as people do when they have closed it, and know of no loss
            assert await state_after(6) is State.CLEARING
            await says_that_it_is_closed()
            assert await state_after(1) is State.CLEARED
            changes = await app.ledger(lambda ledger: queries.changes(ledger, finding.id))
            assert [one.step.value for one in changes] == ["opened", "clearing", "unprovable", "cleared"]
