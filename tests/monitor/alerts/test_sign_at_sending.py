"""Who reads the ledger can use none of its links or codes: they are put in as the message leaves, for its channel."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.sign_at_sending import completed
from monitor.alerts.delivery.signed_links import CODE, confirming, linking, read
from monitor.alerts.drills import owe_drills
from monitor.alerts.messages.change import owed_for
from monitor.findings.finding import Change, Step, finding_id, fingerprint
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger, Moved
from monitor.store.messages.queued import UNSIGNED, UNWRITTEN
from probes.api import Place
from probes.recognise.people.masking import Masked
from tests.monitor.alerts.builders import NOON, Ledgers, finding, owed
from tests.monitor.alerts.senders import House, declared
from tests.servers.webhook import Webhook

PAGE = {"listen": "127.0.0.1:9", "url": "https://leftopen.region.example/a"}
LINK = re.compile(r"https://leftopen\.region\.example/a/(\S+)")


@pytest.fixture
def house(tmp_path: Path, hook: Webhook) -> Iterator[House]:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    yield House(ledgers, hook, with_page(declared(confirm_recipients=False)))
    ledgers.close()


def with_page(made: Inventory) -> Inventory:
    return Inventory.model_validate(made.model_dump(exclude_defaults=True) | {"acknowledge": PAGE})


def nine_more(house: House) -> None:
    """So many findings at once that they are told as one."""

    def put(ledger: Ledger) -> None:
        with ledger.step():
            for number in range(9):
                place = Place("nas.voice.example", 443, f"/{number}/")
                print_ = fingerprint("exempel", "voice-nas", "listing", place)
                found = finding(id=finding_id(print_), fingerprint=print_, place=place)
                news = Change(found.id, 1, Step.OPENED, NOON, Cause.PROVEN)
                messages = owed_for(found, news, house.inventory, link=linking(house.inventory))
                ledger.move(Moved(found, news, owed=messages), "r1", NOON)

    house.ledgers.now(put)


def stored(folder: Path) -> bytes:
    """Every byte of the ledger, and every value of every row."""
    files = [file.read_bytes() for file in folder.glob("leftopen.db*") if not file.name.endswith(".key")]
    with sqlite3.connect(folder / "leftopen.db") as db:
        return b"\n".join(files) + "\n".join(db.iterdump()).encode()


async def test_no_row_and_no_byte_of_the_ledger_holds_a_token_that_was_sent(house: House, tmp_path: Path) -> None:
    nine_more(house)
    house.ledgers.now(lambda ledger: owe_drills(ledger, house.inventory, NOON))
    house.confirm("region-mail", answered=False)
    house.inventory = house.inventory.model_copy(update={"acknowledge": None})
    house.confirm("shared", answered=False)
    house.inventory = with_page(house.inventory)
    before = stored(tmp_path)
    await house.drain()
    text = house.texts()
    links = LINK.findall(text)
    codes = re.findall(r"this code: ([a-z]{10})", text)
    signatures = {link.rpartition("/")[2] for link in links}
    assert len(signatures) >= 12, "groups, drills and a question"
    assert len(codes) == 1
    assert UNSIGNED not in text
    assert UNWRITTEN not in text
    kept = before + stored(tmp_path)
    assert UNSIGNED.encode() in kept
    assert UNWRITTEN.encode() in kept
    for token in (*signatures, *codes):
        assert token.encode() not in kept, token
    # Those that were sent are good, so what was looked for is what opens the page.
    sign = house.ledgers.now(lambda ledger: ledger.seal.signature)
    assert all(read(link, sign) for link in links if not link.startswith("confirm/"))
    assert next(link for link in links if link.startswith("confirm/")).startswith("confirm/1/region-mail/")


async def test_a_copy_of_the_ledger_without_its_key_makes_other_tokens(house: House, tmp_path: Path) -> None:
    nine_more(house)
    await house.drain()
    (tmp_path / "copy").mkdir()
    house.ledgers.now(lambda ledger: ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    shutil.copy(tmp_path / "leftopen.db", tmp_path / "copy" / "leftopen.db")
    stolen = Ledger(tmp_path / "copy" / "leftopen.db")
    try:
        links = LINK.findall(house.texts())
        assert links
        assert not any(read(link, stolen.seal.signature) for link in links)
    finally:
        stolen.close()


async def test_whoever_stands_in_gets_a_link_of_its_own(house: House) -> None:
    channels = tuple(
        one.model_copy(update={"fallback": "shared"}) if one.id == "voice-oncall" else one
        for one in house.inventory.channels
    )
    parties = tuple(one.model_copy(update={"channels": ()}) for one in house.inventory.parties)
    voice = tuple(one.model_copy(update={"party": "voice"}) if one.id == "shared" else one for one in channels)
    later = tuple(one.model_copy(update={"after": timedelta(days=9)}) if one.id == "shared" else one for one in voice)
    house.inventory = house.inventory.model_copy(update={"channels": later, "parties": parties})
    house.urls["VOICE"] = "no-address-at-all"
    found = house.put(told=False)
    news = Change(found.id, 1, Step.OPENED, NOON, Cause.PROVEN)
    house.ledgers.owe(*owed_for(found, news, house.inventory, link=linking(house.inventory)))
    await house.drain()
    (text,) = [one.json()["message"] for one in house.hook.received if one.path.endswith("/shared")]
    (link,) = LINK.findall(text)
    token = read(link, house.ledgers.now(lambda ledger: ledger.seal.signature))
    assert token is not None
    assert (token.finding, token.channel) == (found.id, "shared")


def test_only_links_of_the_messages_own_channel_are_signed(house: House) -> None:
    body = Masked(f"https://x.example/LO-TDE55YEECK/1/{{}}/{UNSIGNED} and {UNWRITTEN}")
    mine, other = owed("voice-oncall", body=body.format("voice-oncall")), owed("ours", body=body.format("voice-oncall"))
    assert UNSIGNED not in house.ledgers.now(lambda ledger: completed(ledger, mine))
    assert UNWRITTEN in house.ledgers.now(lambda ledger: completed(ledger, mine)), "a code is of questions alone"
    assert UNSIGNED in house.ledgers.now(lambda ledger: completed(ledger, other))


def test_what_an_earlier_version_stored_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "leftopen.db"
    ledger = Ledger(path)
    signature = ledger.seal.signature("anything")
    code = confirming(ledger.seal.signature, "a question")[:CODE]
    texts = {
        "news": owed("ours", body=Masked(f"I take it: https://x.example/LO-TDE55YEECK/1/ours/{signature}\nMore: x")),
        "asks": replace(owed("ours", sequence=2), step="confirm", body=Masked(f"tell them this code: {code}")),
        "none": owed("ours", sequence=3, body=Masked("nothing of the kind, but brrrrrrrrr stays")),
    }
    ledger.owe(tuple(texts.values()), NOON)
    with ledger.step():
        ledger.execute("DELETE FROM _sqlite_migrations WHERE name = 'no_token_in_a_message'")
        ledger.execute("PRAGMA user_version = 0")
    ledger.close()
    ledger = Ledger(path)
    try:
        bodies = [row["body"] for row in ledger.rows("SELECT body FROM dues ORDER BY id")]
    finally:
        ledger.close()
    assert bodies == [
        f"I take it: https://x.example/LO-TDE55YEECK/1/ours/{UNSIGNED}\nMore: x",
        f"tell them this code: {UNWRITTEN}",
        "nothing of the kind, but brrrrrrrrr stays",
    ]
