"""The chain of these tests with a ledger and one receiver for all channels: what is owed, held, sent and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from monitor.alerts.messages.new_messages import confirm_message, messages_for
from monitor.alerts.queue.outbox import Drained
from monitor.alerts.queue.send_conditions import parties_of
from monitor.findings.finding import Finding, Step
from monitor.findings.handling import Action, ActionKind, signature_of
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations
from monitor.store.tables import actions
from tests.monitor.alerts.builders import Clock, Ledgers, change, finding, inventory, outbox
from tests.servers.webhook import Webhook

CHANNELS = {"shared": "SHARED", "region-mail": "REGION", "voice-oncall": "VOICE", "stranger-mail": "STRANGER"}
CHANNELS |= {"ours": "OURS"}


def declared(**defaults: Any) -> Inventory:
    """The chain of these tests, with what is asked of recipients, by default all of it."""
    made = inventory()
    return made.model_copy(
        update={"defaults": made.defaults.model_copy(update={"confirm_recipients": True, **defaults})}
    )


@dataclass
class House:
    """A ledger, one receiver with a path for each channel, and a clock."""

    ledgers: Ledgers
    hook: Webhook
    inventory: Inventory
    clock: Clock = field(default_factory=Clock)
    urls: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.urls = {name: f"{self.hook.ours}/{channel}" for channel, name in CHANNELS.items()}

    def put(self, *, told: bool = True, **changed: Any) -> Finding:
        """A finding on file, with what its opening owes."""
        found = finding(**changed)
        news = change(Step.OPENED)

        def put(ledger: Ledger) -> None:
            with ledger.step():
                dues = messages_for(found, news, self.inventory) if told else ()
                ledger.save(found, news, "r1", self.clock(), dues)

        self.ledgers.now(put)
        return found

    async def drain(self) -> Drained:
        return await outbox(self.ledgers, self.inventory, self.urls, self.clock).drain_once()

    def confirm(self, channel: str, *, answered: bool = True) -> confirmations.Question:
        """Ask a channel, and answer for it."""

        def put(ledger: Ledger) -> confirmations.Question:
            one = self.inventory.channel(channel)
            where = ledger.seal.digest(self.urls[CHANNELS[channel]]).hex()
            with ledger.step():
                asked = confirmations.ask(ledger, channel, parties_of(one, self.inventory), where, self.clock())
                message = confirm_message(one, self.inventory, asked.number, asked.ends())
                ledger.owe_now((message,), self.clock())
                if answered:
                    assert confirmations.confirm(ledger, asked, "Anna", self.clock()) == ""
            return asked

        return self.ledgers.now(put)

    def told(self) -> list[str]:
        """The channels that got something, in order."""
        return [request.path.rpartition("/")[2] for request in self.hook.received]

    def texts(self) -> str:
        return "\n".join(f"{r.json()['title']}\n{r.json()['message']}" for r in self.hook.received)

    def states(self) -> dict[str, tuple[str, str]]:
        rows = self.ledgers.now(lambda ledger: ledger.rows("SELECT channel, state, last_error FROM dues ORDER BY id"))
        return {row["channel"]: (row["state"], row["last_error"]) for row in rows}


def dismiss(house: House, found: Finding) -> None:
    action = Action(ActionKind.DISMISSED, house.clock(), "Eva, Bo", reason="made up", signature=signature_of(found))

    def put(ledger: Ledger) -> None:
        with ledger.step():
            actions.append(ledger, found.id, action)

    house.ledgers.now(put)
