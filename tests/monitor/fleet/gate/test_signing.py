"""A gate lets in what a registered key has signed just now, and nothing else."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from monitor.fleet.gate.signing import CLOCKS, Guard, Refused, digest, signed
from monitor.proof.formats.note import LOG, SigningKey

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
KEY, OTHER = SigningKey.make("sjunet-1", LOG), SigningKey.make("sjunet-1", LOG)
PATH, BODY = "/gate/v1/take", b'{"queue":"looks"}'


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def guard(clock: Clock) -> Guard:
    made = Guard({"sjunet-1": KEY.verifier}.get, clock)
    clock.at += timedelta(seconds=10)
    return made


def header(key: SigningKey = KEY, vantage: str = "sjunet-1", at: datetime = NOON + timedelta(seconds=10)) -> str:
    return signed(key, vantage, PATH, BODY, at, secrets.token_hex(16))


def test_a_vantage_is_let_in_by_its_key() -> None:
    assert guard(Clock()).vantage(header(), PATH) == ("sjunet-1", digest(BODY))


def test_a_request_is_let_in_once() -> None:
    clock = Clock()
    gate, made = guard(clock), header()
    gate.vantage(made, PATH)
    for later in (timedelta(0), CLOCKS / 2, CLOCKS, 3 * CLOCKS):
        clock.at = NOON + timedelta(seconds=10) + later
        with pytest.raises(Refused):
            gate.vantage(made, PATH)
        # Whoever comes meanwhile does not make it forget.
        gate.vantage(header(at=clock.at), PATH)


def test_a_restart_of_the_gate_lets_in_nothing_of_before() -> None:
    clock = Clock()
    gate, made = guard(clock), header()
    gate.vantage(made, PATH)
    clock.at += timedelta(seconds=5)
    with pytest.raises(Refused, match="before"):
        guard(clock).vantage(made, PATH)


def _changed(**changes: object) -> str:
    said = json.loads(b64decode(header()))
    return b64encode(json.dumps({**said, **changes}).encode()).decode()


@pytest.mark.parametrize(
    "made",
    [
        lambda: header(OTHER),
        lambda: header(vantage="other-1"),
        lambda: header(at=NOON - CLOCKS),
        lambda: header(at=NOON + 2 * CLOCKS),
        lambda: _changed(vantage="other-1"),
        lambda: _changed(nonce="0" * 32),
        lambda: _changed(nonce=7),
        lambda: _changed(at="now"),
        lambda: _changed(at=NOON.replace(tzinfo=None).isoformat()),
        lambda: _changed(signature="none"),
        lambda: _changed(digest=digest(b"other")),
        lambda: _changed(more=""),
        lambda: "",
        lambda: "é",
        lambda: b64encode(b"[" * 1000).decode(),
        lambda: "A" * 100_000,
    ],
)
def test_what_is_not_signed_so_is_refused(made: Callable[[], str]) -> None:
    with pytest.raises(Refused):
        guard(Clock()).vantage(made(), PATH)


def test_a_signature_is_for_one_path() -> None:
    with pytest.raises(Refused, match="not signed by a key that is registered here"):
        guard(Clock()).vantage(header(), "/gate/v1/result")


def test_a_clock_that_is_set_right_after_the_start_keeps_nobody_out() -> None:
    clock = Clock()
    gate = guard(clock)
    clock.at -= timedelta(hours=2)
    with pytest.raises(Refused, match="before"):
        gate.vantage(header(at=clock.at - timedelta(seconds=1)), PATH)
    clock.at += timedelta(seconds=5)
    made = header(at=clock.at)
    assert gate.vantage(made, PATH)[0] == "sjunet-1"
    with pytest.raises(Refused, match="before"):
        gate.vantage(made, PATH)
