"""What each role may do. An act needs one grant whose role may do it and whose scope holds what it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from monitor.inventory.model.installation.web import WebRole


class Permit(StrEnum):
    """One thing that a role may do."""

    READ = "read"
    LOG = "log"  # read who read what
    INSTALLATION = "installation"  # read totals, queues and parts of the whole installation
    ACKNOWLEDGE = "acknowledge"
    CONTAIN = "contain"
    CAUSE = "cause"
    REOPEN = "reopen"
    ACCEPT = "accept"
    DISMISS = "dismiss"
    AWARE = "aware"  # say since when the party is aware, in the sense of the law
    SENT = "sent"  # say that the party has sent what a law asks for
    APPROVE = "approve"
    CANCEL = "cancel"
    MISDELIVERED = "misdelivered"


GRAVE: Final = frozenset({Permit.ACCEPT, Permit.DISMISS, Permit.APPROVE, Permit.AWARE})
"""What needs a sign-in within the last minutes, and no program can do."""

_RESPONDER = frozenset({Permit.READ, Permit.ACKNOWLEDGE, Permit.CONTAIN, Permit.CAUSE, Permit.REOPEN})
PERMITS: Final[dict[WebRole, frozenset[Permit]]] = {
    WebRole.VIEWER: frozenset({Permit.READ}),
    WebRole.RESPONDER: _RESPONDER,
    WebRole.APPROVER: _RESPONDER | GRAVE | {Permit.SENT, Permit.CANCEL, Permit.MISDELIVERED, Permit.LOG},
    WebRole.OPERATOR: frozenset({Permit.READ, Permit.INSTALLATION, Permit.LOG}),
    WebRole.AUDITOR: frozenset({Permit.READ, Permit.LOG}),
}
