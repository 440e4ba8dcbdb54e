"""Every message in both languages, as it is read. WRITE_GOLDEN=1 writes the file anew, for a review of its words."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.alerts.delivery.writing import preview
from monitor.alerts.messages.new_messages import (
    alive_message,
    blind_messages,
    confirm_message,
    digest_message,
    disowned_messages,
    drill_message,
    ending_message,
    inventory_messages,
    messages_for,
    retraction_messages,
    unknown_customer_messages,
    unreachable_messages,
)
from monitor.alerts.routing.recipients import Recipient
from monitor.findings.finding import TELLING, Severity, Step
from monitor.findings.handling import Action, ActionKind
from monitor.findings.reasons import Cause, Grew, OpenByIntent, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.facts import Alive, Ends, Rounds
from monitor.store.messages.queued import DueState, NewMessage, QueuedMessage
from tests.monitor.alerts.builders import NOON, change, finding, inventory

GOLDEN = Path(__file__).with_name("golden") / "messages.txt"
CHANNELS = ("voice-oncall", "region-mail")
PUBLIC = {"path": "/medicall/", "reason": "open data", "decided_by": "the board, 2026-14", "until": "2026-12-31"}
PAGE = {"acknowledge": {"url": "https://lo.region.example/ack", "listen": "127.0.0.1:8090"}}


def test_every_message_reads_as_it_was_agreed() -> None:
    declared = Inventory.model_validate(
        inventory(paths=["/medicall/"], public=[PUBLIC]).model_dump(exclude_defaults=True) | PAGE
    )
    out: list[str] = []

    def show(what: str, message: NewMessage, members: tuple[NewMessage, ...] = ()) -> None:
        for channel, party in zip(CHANNELS, ("voice", "region"), strict=True):
            text = preview(declared, replace(message, channel=channel, party=party), members)
            out.extend([f"## {what} to {channel}", text.title, text.body, ""])

    reasons: dict[Step, Reason] = {
        Step.GROWN: Grew(100, 1010),
        Step.RETURNED: Cause.LAPSED,
        Step.INTENDED: OpenByIntent("2026-12-31"),
    }
    rounds = Rounds("20260929T120000Z-0a1b2c", "20261001T120000Z-3d4e5f", 193)
    for step in sorted(TELLING):
        news = change(step, 3, reasons.get(step, Cause.PROVEN))
        found = replace(finding(), cleared=NOON, active=False) if step is Step.CLEARED else finding()
        show(step.value, messages_for(found, news, declared, rounds=rounds)[0])
    to = Recipient("voice-oncall", "voice", "Voice Example")
    mail = declared.channel("region-mail")
    show("retracted", retraction_messages(finding(), change(Step.RETRACTED, 4), declared, [("ours", "")])[0])
    show("undeclared", unknown_customer_messages(finding(), change(Step.UNDECLARED, 5), ["An…", "B…"], [to])[0])
    show("blind", blind_messages("20261001T120000Z-abc123", Cause.CONTROL_NOT_SEEN, declared, NOON)[0])
    show("inventory", inventory_messages(["inventory.yaml:12: unknown key 'intervall'"], declared, NOON)[0])
    show("drill", drill_message(mail, declared, NOON))
    show("confirm", confirm_message(mail, declared, 1, NOON + timedelta(days=14)))
    show("contact", unreachable_messages([("voice-nas", "voice"), ("voice-nas", "region")], declared, NOON)[0])
    show("alive", alive_message(mail, declared, Alive(NOON, 40, 2, 1)))
    ends = (("voice-2026", "2026-10-14"), ("voice-nas /pub/", "2026-10-02"))
    show("alive, not all seen", alive_message(mail, declared, Alive(NOON, 40, 2, 1, ("voice-nas",), 3, ends)))
    for what, name in (("contract", "voice-2026"), ("public", "voice-nas /pub/"), ("acceptance", finding().id)):
        for days in (14, 0, -1):
            facts = Ends(what, name, "2026-10-15", days, ("voice-nas",))
            show(f"{what} ends, {days} days", ending_message("ends/x", to, Severity.MEDIUM, facts))
    gone = Action(ActionKind.DISOWNED, NOON, "Anna Andersson", party="voice", reason="it is MedHelp's")
    show("disowned", disowned_messages(finding(), gone, declared)[0])
    opened = messages_for(finding(), change(Step.OPENED), declared)[0]
    levels = (Severity.HIGH, Severity.CRITICAL, *[Severity.MEDIUM] * 5)
    members = tuple(replace(opened, key=f"k{n}", severity=level.value) for n, level in enumerate(levels))
    dues = [QueuedMessage(n, one, DueState.OWED, NOON, NOON, 0) for n, one in enumerate(members)]
    show("group", digest_message(dues, NOON), members)
    text = "\n".join(out)
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, "utf-8")
    assert GOLDEN.read_text("utf-8") == text
