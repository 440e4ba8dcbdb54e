"""A link in a message that is under way, or was read long ago: whose it is follows the inventory that holds now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.delivery.signed_links import Token
from monitor.findings.finding import Step
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.web.phone.page import Page
from monitor.web.phone.server import AcknowledgePage
from tests.monitor.alerts.builders import NOON, change, finding, inventory


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with a finding that is open."""
    with closing(Ledger(tmp_path / "leftopen.db")) as made:
        with made.step():
            made.save(finding(), change(Step.OPENED), "r1", NOON)
        yield made


def answer(ledger: Ledger, declared: Inventory, channel: str, by: str | None = None) -> Page | None:
    """What the holder of a link of that channel gets."""
    page = AcknowledgePage(None, lambda: declared, None, lambda: NOON)  # type: ignore[arg-type]
    return page._of_token(ledger, declared, Token(finding().id, 1, channel), by, "", "take")


def with_channel(id_: str, **changed: Any) -> Inventory:
    """The inventory with one channel that is declared otherwise."""
    one = inventory()
    channels = tuple(c.model_copy(update=changed) if c.id == id_ else c for c in one.channels)
    return one.model_copy(update={"channels": channels})


@pytest.mark.parametrize("channel", ["voice-oncall", "shared", "region-mail", "ours"])
def test_whoever_is_of_the_chain_or_runs_leftopen_has_it(ledger: Ledger, channel: str) -> None:
    assert answer(ledger, inventory(), channel) is not None


@pytest.mark.parametrize(
    ("declared", "channel"),
    [
        (inventory(owner="stranger", contract="other"), "voice-oncall"),
        (inventory(owner="stranger", contract="other"), "shared"),
        (inventory(), "stranger-mail"),
        (inventory(), "no-such-channel"),
        (with_channel("voice-oncall", party="stranger"), "voice-oncall"),
        (with_channel("voice-oncall", id="voice-new"), "voice-oncall"),
    ],
)
def test_whoever_is_not_any_more_sees_nothing_and_does_nothing(
    ledger: Ledger, declared: Inventory, channel: str
) -> None:
    assert answer(ledger, declared, channel) is None
    assert answer(ledger, declared, channel, by="Mallory") is None
    assert actions.of_finding(ledger, finding().id) == (), "an acknowledgement would stop the escalation to others"


def test_whoever_was_told_of_an_asset_that_is_declared_no_more_goes_on(ledger: Ledger) -> None:
    left = inventory(id="another", host="other.example")
    assert answer(ledger, left, "voice-oncall", by="Anna") is not None
    (taken,) = actions.of_finding(ledger, finding().id)
    assert taken.by == "Anna"
