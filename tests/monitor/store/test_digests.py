"""Messages that are sent as one: the next news of a finding waits for them, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.store.ledger import Ledger
from monitor.store.messages import digests
from monitor.store.messages.queued import IN_ORDER, Delivery, DueState, NewMessage, Outcome
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from probes.recognise.people.masking import mask_text
from tests.monitor.findings.builders import NOON
from tests.monitor.store.builders import put


def test_the_next_news_waits_for_the_group_until_it_has_failed_too_often(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "leftopen.db")
    try:
        rounds.begin(ledger, "r1", RoundKind.ROUND, NOON, "v", "i")
        finding = put(ledger)
        (due,) = ledger.due(NOON + timedelta(days=1))
        text = mask_text("many")
        group = NewMessage("group/1", "", 0, "opened", due.owed.channel, due.owed.party, "high", text, text)
        with ledger.step():
            digests.fold(ledger, group, (due,), NOON)
        (sent,) = ledger.due(NOON + timedelta(days=1))
        assert IN_ORDER > 3, "a provider that is down for some minutes mixes up no order"
        waits = frozenset({(due.owed.channel, finding.id)})
        for tries in range(IN_ORDER):
            assert digests.behind(ledger) == waits, tries
            failed = Delivery(sent.id, due.owed.channel, NOON, NOON, Outcome.REFUSED, mask_text("no"))
            ledger.delivered(failed, DueState.OWED, NOON)
        assert digests.behind(ledger) == frozenset()
    finally:
        ledger.close()
