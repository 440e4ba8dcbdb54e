"""Conversations that a dialogue opens beside its own: with a credential, or with another declared host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.network.budget import Budget
from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from monitor.network.transport import verifying
from probes.api import WebTarget
from probes.requests.http import Response


@dataclass(frozen=True, slots=True)
class Speaker:
    """Opens conversations within a dialogue's budget."""

    dialer: Dialer
    says: tuple[tuple[str, str], ...]
    """Header fields of every request: who looks, and whom to write to."""
    now: Callable[[], datetime]
    budget: Budget

    def to(self, target: WebTarget, *, trusted: bool = False, pace_key: str = "") -> HttpConversation:
        """A conversation with a target, whose answers only it sees. `trusted`, since it carries a credential: a bad
        certificate ends it. `pace_key` is the pace of another host."""
        context = verifying() if trusted and target.tls else None
        budget = self.budget.elsewhere(pace_key, target.endpoint) if pace_key else self.budget

        def heard(answer: Response) -> None:
            budget.heed(answer, self.now)

        return HttpConversation(target, self.dialer, self.budget.limits.timeouts, self.says, context, heard)
