"""What gate and worker agree on, and requests that a vantage signs: whose they are, unchanged, and made just now."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from monitor.proof.formats.note import BadNote, Note, SigningKey, VerifierKey, signatures_of

HEADER: Final = "Leftopen-Gate"
PATH: Final = "/gate/v1"
POLL: Final = 50.0
"""Seconds that a request for a batch is held, at the most: proxies cut what is silent for a minute."""
LOOKS, ALONE = "looks", "alone"
"""The queues that a worker asks for; the broker's have these names too. A worker knows nothing else of a broker."""
CLOCKS = timedelta(seconds=60)
"""So far the clock of a vantage may be from that of the gate."""
_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_LONGEST: Final = 2000


class Refused(Exception):
    """A request that no vantage of ours can have made just now; the text says why."""


def signed(key: SigningKey, vantage: str, path: str, body: bytes, at: datetime, nonce: str) -> str:
    """The header of a request. `nonce` is 128 bits of chance in hexadecimal, used once."""
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds")
    said = {"vantage": vantage, "at": stamp, "nonce": nonce, "digest": digest(body)}
    said["signature"] = key.sign(_text(path, said))
    return b64encode(json.dumps(said).encode()).decode()


def digest(body: bytes) -> str:
    """What a request says of its body."""
    return hashlib.sha256(body).hexdigest()


class Guard:
    """Lets in what a known key has signed lately and for the first time. What was seen is remembered in this process
    alone: after a start, requests of before are too old. Nobody's body need be read before: a request says its
    digest."""

    def __init__(self, key_of: Callable[[str], VerifierKey | None], now: Callable[[], datetime]) -> None:
        self._key_of = key_of
        self._now = now
        self._began = now()
        self._seen: dict[str, datetime] = {}

    def vantage(self, header: str, path: str) -> tuple[str, str]:
        """Whose request it is, and the `digest` that its body must have. Raises Refused."""
        said = _said(header)
        vantage, stamp, nonce = said["vantage"], said["at"], said["nonce"]
        try:
            at = datetime.fromisoformat(stamp)
            lines = signatures_of(said["signature"])
        except (ValueError, BadNote):
            raise Refused("no signed request") from None
        if at.tzinfo is None or not _NONCE.fullmatch(nonce):
            raise Refused("no signed request")
        key = self._key_of(vantage)
        # Who is known here is nobody's business: an unknown vantage and a wrong key are one answer.
        if key is None or Note(_text(path, said), lines).signed_by(key) is None:
            raise Refused("not signed by a key that is registered here")
        now = self._now()
        if abs(now - at) > CLOCKS:
            raise Refused(f"signed at {stamp}, and it is {now:%H:%M:%S} UTC: set the clock")
        # A clock that was set back since the start: until it has caught up nothing would be let in.
        self._began = min(self._began, now)
        if at < self._began or nonce in self._seen:
            raise Refused("this request was made before")
        self._seen = {one: when for one, when in self._seen.items() if now - when <= 2 * CLOCKS}
        self._seen[nonce] = now
        return vantage, said["digest"]


def _said(header: str) -> dict[str, str]:
    try:
        if len(header) > _LONGEST:
            raise ValueError
        said: Any = json.loads(b64decode(header, validate=True))
    except (ValueError, RecursionError):
        raise Refused("no signed request") from None
    if not isinstance(said, dict) or said.keys() != {"vantage", "at", "nonce", "digest", "signature"}:
        raise Refused("no signed request")
    if not all(isinstance(one, str) for one in said.values()):
        raise Refused("no signed request")
    return said


def _text(path: str, said: Mapping[str, str]) -> str:
    return "\n".join(("leftopen gate v1", path, said["vantage"], said["at"], said["nonce"], said["digest"], ""))
