"""A routine that sends the files of cases by mail: an order, a look-up of the recipient, letters over real SMTP.

Its faults are those of the incidents: a wrong journal number that reaches another case, a receipt with all files of a
case, an address that was looked up too early, and a look-alike that is taken for the recipient.
"""

from __future__ import annotations

import asyncio
import mailbox
import os
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.servers.launch import free_port

TOKENS = {
    "decision-a": "CANARY-CASE-A-7f3k",
    "wrong-digit": "CANARY-DIGIT-x81m",
    "moved": "CANARY-MOVED-p02z",
    "look-alike": "CANARY-ALIKE-k55c",
}
RECALLED = "CANARY-RECALL-q77d"
"""The token of the case that is sent and taken back, where the routine does so (`takes_back`)."""
A, A_OLD, B = "anna.canary@box.test", "anna.old@box.test", "anna.canari@box.test"
BOXES = {"a": A, "a-old": A_OLD, "b": B}


_RECALL_ID = "<recalled@agency.test>"


class MaildirSink:
    """Delivers to a Maildir for each address; letters are stamped with the routine's clock."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        folder.mkdir(parents=True)
        for address in BOXES.values():
            mailbox.Maildir(folder / address)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        for address in envelope.rcpt_tos:
            box = mailbox.Maildir(self._folder / address)
            key = box.add(envelope.original_content or b"")
            at = self._now().timestamp()
            os.utime(self._folder / address / box._lookup(key), (at, at))  # type: ignore[attr-defined]
        return "250 OK"


@dataclass
class Routine:
    """The routine; change its faults between dispatches."""

    port: int
    now: Callable[[], datetime]
    misreads_number: bool = False
    """A journal number with a wrong digit reaches the case whose number it happens to be."""
    attaches_all: bool = False
    """The receipt comes with every file of the case."""
    keeps_address: bool = False
    """The recipient is looked up when the letter is ordered, and not when it is sent."""
    completes_wrongly: bool = False
    """The first address that begins alike is taken."""
    silent: bool = False
    """Nothing is sent."""
    takes_back: bool = False
    """One more case is sent, to be recalled."""
    skips: set[str] = field(default_factory=set)

    def dispatch(self) -> None:
        """Send what is due."""
        if self.silent:
            return
        self._send("decision-a", A, files=4 if self.attaches_all else 1)
        if self.misreads_number:
            self._send("wrong-digit", B, files=0)
        self._send("moved", A_OLD if self.keeps_address else A, files=0)
        self._send("look-alike", B if self.completes_wrongly else A, files=0)
        if self.takes_back:
            self._send("recalled", A, files=0)

    def recall(self, folder: Path) -> None:
        """Take the case back that is meant for it, out of the box below `folder`."""
        box = mailbox.Maildir(folder / A)
        for key, letter in list(box.items()):
            if letter["Message-ID"] == _RECALL_ID:
                box.remove(key)

    def _send(self, case: str, to: str, files: int) -> None:
        if case in self.skips:
            return
        letter = EmailMessage()
        letter["Subject"], letter["From"], letter["To"] = "Beslut i ditt ärende", "office@agency.test", to
        token = RECALLED if case == "recalled" else TOKENS[case]
        if case == "recalled":
            letter["Message-ID"] = _RECALL_ID
        letter.set_content(f"Hej Åsa,\nditt ärende {token} är avgjort.\n", cte="base64")
        for number in range(files):
            text = f"%PDF-1.4 ({token}) {number}".encode()
            letter.add_attachment(text, maintype="application", subtype="pdf", filename=f"file-{number}.pdf")
        self.letter(to, letter)

    def letter(self, to: str, letter: EmailMessage) -> None:
        """Hand a letter to the mail server."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=40) as smtp:
            smtp.send_message(letter, "office@agency.test", [to])


@contextmanager
def routine(folder: Path, now: Callable[[], datetime]) -> Iterator[Routine]:
    """The routine with a mail server of its own, and a Maildir for each recipient below `folder`."""
    port = free_port()
    controller = Controller(MaildirSink(folder, now), hostname="127.0.0.1", port=port, loop=asyncio.new_event_loop())
    controller.start()
    try:
        yield Routine(port, now)
    finally:
        controller.stop()
