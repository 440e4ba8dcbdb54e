"""Who reads the ledger can use none of its links or codes: they are put in as the message leaves, for its channel."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.signed_links import read
from monitor.alerts.delivery.writing import Letter, letter_of
from monitor.alerts.drills import owe_drills
from monitor.alerts.messages.new_messages import messages_for
from monitor.findings.finding import Change, Step, finding_id, fingerprint
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.store.encryption import key_file, make_key, new_key
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import Written, load_facts
from monitor.store.messages.queued import UNSIGNED, UNWRITTEN, DueState, NewMessage, QueuedMessage
from probes.api import Place
from tests.monitor.alerts.builders import NOON, Ledgers, finding, owed, written
from tests.monitor.alerts.senders import House, declared
from tests.monitor.store.test_migrations import DUMP
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
                messages = messages_for(found, news, house.inventory)
                ledger.save(found, news, "r1", NOON, messages)

    house.ledgers.now(put)


def stored(folder: Path) -> bytes:
    """Every byte of the ledger, and every value of every row."""
    files = [file.read_bytes() for file in folder.glob("leftopen.db*") if not file.name.endswith(".key")]
    with sqlite3.connect(folder / "leftopen.db") as db:
        return b"\n".join(files) + "\n".join(db.iterdump()).encode()


async def test_no_row_and_no_byte_of_the_ledger_holds_a_token_that_was_sent(house: House, tmp_path: Path) -> None:
    house.inventory = house.inventory.model_copy(update={"acknowledge": None})
    house.confirm("shared", answered=False)
    await house.drain()
    house.inventory = with_page(house.inventory)
    nine_more(house)
    house.ledgers.now(lambda ledger: owe_drills(ledger, house.inventory, NOON))
    house.confirm("region-mail", answered=False)
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
    assert next(link for link in links if link.startswith("confirm/")).startswith("confirm/2/region-mail/")


async def test_a_copy_of_the_ledger_without_its_key_makes_other_tokens(house: House, tmp_path: Path) -> None:
    nine_more(house)
    await house.drain()
    (tmp_path / "copy").mkdir()
    house.ledgers.now(lambda ledger: ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    shutil.copy(tmp_path / "leftopen.db", tmp_path / "copy" / "leftopen.db")
    # Whoever has the copy alone makes a key for it.
    new_key(tmp_path / "copy" / "leftopen.db")
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
    house.ledgers.owe(*messages_for(found, news, house.inventory))
    await house.drain()
    (text,) = [one.json()["message"] for one in house.hook.received if one.path.endswith("/shared")]
    (link,) = LINK.findall(text)
    token = read(link, house.ledgers.now(lambda ledger: ledger.seal.signature))
    assert token is not None
    assert (token.finding, token.channel) == (found.id, "shared")


def letter(house: House, message: NewMessage) -> Letter:
    due = QueuedMessage(1, message, DueState.OWED, NOON, NOON, 0)
    return house.ledgers.now(lambda ledger: letter_of(ledger, house.inventory, due))


def test_what_is_kept_of_a_message_holds_no_signature(house: House) -> None:
    found = house.put(told=False)
    news = Change(found.id, 1, Step.OPENED, NOON, Cause.PROVEN)
    made = letter(house, messages_for(found, news, house.inventory)[0])
    assert UNSIGNED in made.kept
    assert UNSIGNED not in made.text.body
    assert made.text.link in made.text.body


def test_a_text_of_an_earlier_version_is_signed_as_it_stands_and_for_its_own_channel_alone(house: House) -> None:
    page = f"{house.inventory.acknowledge.url.rstrip('/')}/LO-TEST/1/{{}}/{UNSIGNED}"  # type: ignore[union-attr]
    mine = owed("voice-oncall", facts=written("t", "x")).facts.replace("x", page.format("voice-oncall"))
    other = owed("ours", facts=written("t", "x")).facts.replace("x", page.format("voice-oncall"))
    assert UNSIGNED not in letter(house, owed("voice-oncall", facts=mine)).text.body
    assert UNSIGNED in letter(house, owed("ours", facts=other)).text.body


def test_what_an_earlier_version_stored_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "leftopen.db"
    make_key(key_file(path))
    with sqlite3.connect(path) as old:
        old.executescript(DUMP.read_text("utf-8"))
        rows = old.execute("SELECT id FROM dues ORDER BY id LIMIT 3").fetchall()
        signature, code = "bcdfghjk" * 3, "bcdfghjkmn"
        bodies = (
            ("opened", f"I take it: https://x.example/LO-TDE55YEECK/1/ours/{signature}\nMore: x"),
            ("confirm", f"tell them this code: {code}"),
            ("opened", "nothing of the kind, but brrrrrrrrr stays"),
        )
        for (id_,), (step, body) in zip(rows, bodies, strict=True):
            old.execute("UPDATE dues SET step = ?, body = ? WHERE id = ?", (step, body, id_))
        old.execute("DELETE FROM _sqlite_migrations WHERE name = 'no_token_in_a_message'")
        old.execute("PRAGMA user_version = 0")
    old.close()
    ledger = Ledger(path)
    try:
        facts = [load_facts(row["facts"]) for row in ledger.rows("SELECT facts FROM dues ORDER BY id LIMIT 3")]
    finally:
        ledger.close()
    assert [one.body for one in facts if isinstance(one, Written)] == [
        f"I take it: https://x.example/LO-TDE55YEECK/1/ours/{UNSIGNED}\nMore: x",
        f"tell them this code: {UNWRITTEN}",
        "nothing of the kind, but brrrrrrrrr stays",
    ]
