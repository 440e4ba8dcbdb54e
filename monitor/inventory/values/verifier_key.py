"""A public key of a log or a witness, as C2SP writes it: `name+keyid+base64`."""

from __future__ import annotations

from typing import Annotated

from monitor.inventory.values.scalars import Kind, shown, text_of
from monitor.proof.formats.note import COSIGNER, LOG, BadNote, VerifierKey


def log_key_of(value: object) -> str:
    """The key of a log."""
    return _of(value, LOG, "a log's verifier key (`leftopen log new-key` prints it)")


def cosigner_key_of(value: object) -> str:
    """The key of a witness."""
    return _of(value, COSIGNER, "a witness's verifier key (`leftopen log new-key --cosigner` prints it)")


def _of(value: object, type_: int, what: str) -> str:
    text = text_of(value)
    if text.startswith("PRIVATE"):
        raise ValueError("is a private key: it does not belong in the inventory, and is no secret any more")
    try:
        key = VerifierKey.parse(text)
    except BadNote as error:
        raise ValueError(f"{shown(text)} is not {what}: {error}") from None
    if key.type != type_:
        raise ValueError(f"{shown(text)} is not {what}: it is a key of another kind")
    return text


LogKey = Annotated[str, Kind(log_key_of, "verifier key")]
CosignerKey = Annotated[str, Kind(cosigner_key_of, "verifier key")]
