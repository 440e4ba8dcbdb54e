"""A result that has come in, as it is read step by step: what cannot be read costs no other result anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.fleet.envelope import Envelope, Message, Sender, read_envelope
from monitor.rounds.batch.values import BatchResult, result_from_json
from monitor.store.looks.owed import Owed


@dataclass(slots=True)
class Incoming:
    """One message from a queue of results."""

    body: object
    envelope: Envelope | None = None
    owed: Owed | None = None
    result: BatchResult | None = None
    fault: Exception | None = None
    """Why it cannot be taken."""

    def read(self) -> None:
        """Read what can be read without a key."""
        try:
            self.envelope = read_envelope(self.body)
        except Exception as error:  # noqa: BLE001  whoever takes it says which
            self.fault = error

    def is_owed(self, found: Mapping[str, Owed]) -> bool:
        """Whether its batch is among these, or that cannot be known."""
        if self.envelope is None:
            return True
        self.owed = found.get(self.envelope.id)
        return self.owed is not None

    def open(self, sender: Sender) -> None:
        """Open what is owed."""
        if self.envelope is None or self.owed is None:
            return
        try:
            self.result = result_from_json(sender.open(Message.RESULT, self.envelope))
        except Exception as error:  # noqa: BLE001  whoever takes it says which
            self.fault = error

    def opened(self, vantage: str) -> tuple[Owed, BatchResult, str] | None:
        """What is owed, the result, and the signed note that the vantage made of it; None where it was not opened."""
        if self.envelope is None or self.owed is None or self.result is None:
            return None
        return self.owed, self.result, f"{self.envelope.text(vantage)}\n{self.envelope.signed}"


def open_all(came: Iterable[Incoming], sender: Sender) -> None:
    """Open each that is owed."""
    for one in came:
        one.open(sender)
