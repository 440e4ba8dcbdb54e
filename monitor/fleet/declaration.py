"""What a worker may look at: its own excerpt of the inventory, signed by a person of its owner, and by no hub.

A batch says when to look, and never what may be asked. So neither a broker nor a hub that somebody has broken into can
send a machine inside a hospital beyond what its owner has declared.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from monitor.inventory.files import MOST_BYTES
from monitor.inventory.load import Problems, loads
from monitor.inventory.model.inventory import Inventory
from monitor.proof.formats.note import BadNote, Note, SigningKey, VerifierKey, signatures_of


class NotDeclared(Exception):
    """The declaration of a worker cannot be used; the text says why."""


def signature_file(declaration: Path) -> Path:
    """Where the signature of a declaration lies: beside it."""
    return declaration.with_name(f"{declaration.name}.sig")


def sign(text: str, key: SigningKey) -> str:
    """The signature of a declaration, as it is kept beside it."""
    return key.sign(_signed(text.encode()))


def declared(path: Path, owner: VerifierKey) -> Inventory:
    """The declaration in a file, as its owner has signed it. Raises NotDeclared."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        signature = signature_file(path).read_text("utf-8")
    except OSError as error:
        raise NotDeclared(f"{error.filename}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NotDeclared(f"{signature_file(path)}: is not UTF-8") from None
    try:
        if Note(_signed(raw), signatures_of(signature)).signed_by(owner) is None:
            raise NotDeclared(f"{path} is not signed by {owner.name}: nothing is looked at by it")
        return loads(raw.decode("utf-8"), str(path))
    except BadNote as error:
        raise NotDeclared(f"{signature_file(path)}: {error}") from None
    except UnicodeDecodeError:
        raise NotDeclared(f"{path}: is not UTF-8") from None
    except Problems as error:
        raise NotDeclared(str(error)) from None


def _signed(raw: bytes) -> str:
    return f"leftopen declaration v1\n{hashlib.sha256(raw).hexdigest()}\n"
