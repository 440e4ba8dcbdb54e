"""A message by mail, at a real SMTP server: its first line is the subject, the rest is plain text."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage

from monitor.alerts.messages.new_messages import messages_for
from monitor.findings.finding import Step
from monitor.store.messages.queued import Outcome
from tests.monitor.alerts.builders import Clock, Ledgers, change, finding, inventory, outbox, text
from tests.servers.launch import free_port


class Mailbox(AsyncMessage):
    """Keeps what was delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[EmailMessage] = []

    async def handle_message(self, message: Any) -> None:
        letter = message_from_bytes(message.as_bytes(), policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


async def test_a_message_arrives_by_mail(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    declared, ledgers = inventory(), Ledgers(tmp_path / "leftopen.db")
    (owed,) = (one for one in messages_for(finding(), change(Step.OPENED), declared) if one.channel == "region-mail")
    ledgers.owe(owed)
    shown = text(owed, declared)
    url = f"mailto://127.0.0.1:{port}?from=leftopen@region.example&to=jour@region.example&mode=insecure"
    drained = await outbox(ledgers, declared, {"REGION": url}, Clock()).drain_once()
    assert drained.count(Outcome.ACCEPTED) == 1, drained
    (letter,) = box.letters
    # A long header is folded, and the space of the fold is left before it.
    assert str(letter["Subject"]).strip() == shown.title
    assert "KRITISKT: inspelade samtal" in str(letter["Subject"]), "Swedish letters are whole"
    assert "jour@region.example" in str(letter["To"])
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert letter.get_content_type() == "text/plain" or letter.get_body(("html",)) is None
    plain_text = plain.get_content().replace("\r\n", "\n").replace("\u00a0", " ").strip()
    assert plain_text == shown.body.replace("\u00a0", " ").strip()
    ledgers.close()
