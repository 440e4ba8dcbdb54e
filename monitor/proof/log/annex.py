"""The sealed annex of an open bundle: all private parts, encrypted with age, and bound to the open part.

What an authority receives becomes an official document: so the open part names nothing, and the rest is sealed.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

import pyrage

PAGE, INNER = "1-READ-FIRST.txt", "bundle.zip"
_PAGE = """\
BILAGA - FÖRSLAG TILL SEKRETESS
Bilagan hör till den öppna delen med SHA-256 {open}.
Den innehåller platser, namn på system och bevis för exponeringar som kan vara öppna nu.
Föreslagen grund: 18 kap. 8 § offentlighets- och sekretesslagen (2009:400), uppgifter om säkerhetsåtgärder.
Förslaget är ingen juridisk rådgivning: en människa hos mottagaren prövar det, för varje begäran om utlämnande.
Skriv inte ut och vidarebefordra inte bilagan. Den som har nyckeln kan läsa allt.
Skapad {at}. Kontrollera: leftopen verify bundle.zip --policy POLICY

ANNEX - PROPOSED AS SECRET
This annex belongs to the open part with SHA-256 {open}.
It holds places, names of systems, and evidence of exposures that may be open now.
Proposed ground: chapter 18 section 8 of the Swedish act on publicity and secrecy (2009:400), on security measures.
The proposal is no legal advice: a person at the recipient decides, for each request for disclosure.
Made {at}. Check it: leftopen verify bundle.zip --policy POLICY
"""


class BadRecipient(Exception):
    """A recipient is no public key of age or SSH; the text names it."""


def recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient | pyrage.ssh.Recipient]:
    """Public keys: `age1...`, or `ssh-ed25519 ...`. Raises BadRecipient."""
    found: list[pyrage.x25519.Recipient | pyrage.ssh.Recipient] = []
    for text in texts:
        kind = pyrage.ssh if text.startswith("ssh-") else pyrage.x25519
        try:
            found.append(kind.Recipient.from_str(text.strip()))
        except pyrage.RecipientError as error:
            raise BadRecipient(f"{text[:40]!r} is no public key of age or SSH: {error}") from None
    return found


def sealed(
    open_part: bytes, whole: bytes, to: Sequence[pyrage.x25519.Recipient | pyrage.ssh.Recipient], at: datetime
) -> bytes:
    """The annex: page one, and the bundle in which everything is revealed, for these recipients alone."""
    page = _PAGE.format(open=hashlib.sha256(open_part).hexdigest(), at=f"{at:%Y-%m-%d %H:%M}Z")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PAGE, page)
        archive.writestr(INNER, whole)
    return bytes(pyrage.encrypt(out.getvalue(), list(to)))
