"""A mail server that refuses: the answer is said, each address is told once, and the tries get quiet."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from monitor.alerts.queue.retry import REFUSED_SLOWEST, SLOWEST, after
from monitor.store.messages.queued import DueState, Outcome, QueuedMessage
from tests.monitor.alerts.builders import NOON, Clock, Ledgers, finding, inventory, outbox, owed
from tests.servers.launch import free_port


class Server:
    """Takes mail, but for the recipients that it has an answer for."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.taken: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.answers.get(address.partition("@")[0])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def serving(server: Server) -> Iterator[str]:
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"mailto://127.0.0.1:{port}?from=lo@region.example&mode=insecure&to="
    finally:
        controller.stop()


async def tries(ledgers: Ledgers, url: str, clock: Clock, times: int) -> list[Any]:
    """So many tries of one message, each when its time has come."""
    done: list[Any] = []
    for _ in range(times):
        drained = await outbox(ledgers, inventory(), {"REGION": url}, clock).drain_once()
        done += drained.tried
        clock.at += timedelta(days=2)
    return done


@pytest.mark.parametrize(
    ("answer", "code"),
    [("550 5.1.1 no such user", "550"), ("451 4.7.1 greylisted", "451"), ("252 cannot verify, but will try", "252")],
)
async def test_a_refusal_is_a_refusal_with_its_answer(tmp_path: Path, answer: str, code: str) -> None:
    server, ledgers = Server(bad=answer), Ledgers(tmp_path / "l.db")
    ledgers.owe(owed("region-mail", party="region"))
    with serving(server) as url:
        (one,) = await tries(ledgers, url + "bad@region.example", Clock(), 1)
    assert (one.outcome, one.reason) == (Outcome.REFUSED, f"the mail server answered {code}")
    assert one.state is DueState.OWED
    ledgers.close()


async def test_one_bad_address_does_not_repeat_the_message_to_the_good_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server, ledgers, clock = Server(bad="550 5.1.1 no such user"), Ledgers(tmp_path / "l.db"), Clock()
    ledgers.owe(owed("region-mail", party="region", finding_=finding().id))
    with serving(server) as url, caplog.at_level(logging.ERROR):
        done = await tries(ledgers, url + "bad@region.example,good@region.example", clock, 3)
        assert [one.outcome for one in done] == [Outcome.PARTLY] * 3
        assert "1 of 2 addresses did not take it: the mail server answered 550" in done[0].reason
        assert server.taken == ["good@region.example"]
        server.answers.clear()
        (last,) = await tries(ledgers, url + "bad@region.example,good@region.example", clock, 1)
    assert (last.outcome, last.state) == (Outcome.ACCEPTED, DueState.SENT)
    assert server.taken == ["good@region.example", "bad@region.example"]
    assert "nobody could be told" not in caplog.text
    ledgers.close()


async def test_no_address_stands_in_the_ledger(tmp_path: Path) -> None:
    server, ledgers = Server(bad="550 no"), Ledgers(tmp_path / "l.db")
    ledgers.owe(owed("region-mail", party="region"))
    with serving(server) as url:
        await tries(ledgers, url + "bad@region.example,good@region.example", Clock(), 1)
    (row,) = ledgers.now(lambda ledger: ledger.rows("SELECT taken FROM dues"))
    assert len(row["taken"]) > 30
    assert "good" not in row["taken"]
    ledgers.close()


def message(tries_: int, **changed: Any) -> QueuedMessage:
    return QueuedMessage(1, owed("region-mail", **changed), DueState.OWED, NOON, NOON, tries_)


def test_what_is_refused_for_good_is_tried_once_a_day_and_what_one_has_taken_ends() -> None:
    late = NOON + timedelta(days=9)
    assert after(message(30), Outcome.REFUSED, late) == (DueState.OWED, late + SLOWEST)
    assert after(message(30), Outcome.REFUSED, late, permanent=True)[0] is DueState.OWED
    again = after(message(30), Outcome.REFUSED, late, permanent=True)[1]
    assert again is not None
    assert again - late > timedelta(hours=16)
    assert again - late <= REFUSED_SLOWEST
    assert after(message(30), Outcome.PARTLY, late, permanent=True) == (DueState.DEAD, None)


@pytest.mark.parametrize("address", ["mailto://user:password@", "mailtos://"])
async def test_a_server_that_offers_less_than_is_asked_for_has_no_part_of_the_message(
    tmp_path: Path, address: str
) -> None:
    server, ledgers = Server(), Ledgers(tmp_path / "l.db")
    ledgers.owe(owed("region-mail", party="region"))
    with serving(server) as url:
        at = url.replace("mailto://", address, 1).replace("insecure", "insecure" if "@" in address else "starttls")
        (one,) = await tries(ledgers, at + "good@region.example", Clock(), 1)
    said = "the mail server offers no login, or no TLS, as the address asks for"
    assert (one.outcome, one.reason, server.taken) == (Outcome.REFUSED, said, [])
    ledgers.close()
