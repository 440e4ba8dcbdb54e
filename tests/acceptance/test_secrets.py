"""A whole life of a finding on folders full of persons: nothing of them is in database, output, log or alert."""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.acceptance.builders import House
from tests.acceptance.switch import switched
from tests.servers.webhook import Webhook

SECRET = "hemlig-0rd-7731"  # noqa: S105  made up, and looked for
USER = "larmkonto-4471"
TOKEN = "tok-9f3a55e1c0"  # noqa: S105
PHONES = ("0701740605", "+46701740606", "46701740607", "070-174 06 08", "0046701740609")
PERSONS = ("191212121212", "19121212-1212", "121212-1212", "198112189876", "8112189876")
NAMES = (
    "blomqvist-unik-77.wav",
    "Anna Blomqvist 1981 journal.pdf",
    "samtal med Åsa Öberg.mp3",
    "<b>unik-88 &amp;.wav",
    "unik-99%0a2026-01-01 INFO.wav",
    "unik-66\n.wav",
)
FOLDERS = ("kund-unik-11", "19121212-1212 akt", "0701740611")


def seed(disk: Path) -> list[str]:
    """A disk whose names say who called; all the words to look for."""
    for folder in (disk, disk / "medicall", *(disk / "medicall" / one for one in FOLDERS)):
        folder.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate((*PHONES, *PERSONS)):
            (folder / f"in-{name}-1177-{number}.wav").write_bytes(b"RIFF" + b"talar-om-unik-55" * 30)
        for name in NAMES:
            (folder / name).write_bytes(b"talar-om-unik-55" * 20)
    return [
        *PHONES,
        *PERSONS,
        *FOLDERS,
        "unik-",
        "Blomqvist",
        "blomqvist",
        "Åsa",
        "Öberg",
        "070174",
        "4670174",
        "1212-1212",
    ]


def forms(word: str) -> set[bytes]:
    """The ways in which a word may stand in a file."""
    escaped = json.dumps(word)[1:-1]
    return {word.encode(), word.encode("utf-16-le"), escaped.encode(), word.replace(" ", "%20").encode()}


def all_of(database: Path) -> dict[str, bytes]:
    """The ledger's files to the byte, and its packed records unpacked."""
    raw = {
        str(file): file.read_bytes()
        for file in database.parent.rglob("*")
        if file.is_file() and not file.name.endswith(".key")
    }
    with sqlite3.connect(database) as ledger:
        for (table,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for number, row in enumerate(ledger.execute(f'SELECT * FROM "{table}"')):  # noqa: S608  its own tables
                for value in row:
                    if isinstance(value, bytes):
                        try:
                            raw[f"{table}/{number}"] = zlib.decompress(value)
                        except zlib.error:
                            raw[f"{table}/{number}"] = value
                    else:
                        raw.setdefault(table, b"")
                        raw[table] += str(value).encode() + b"\n"
    return raw


def test_nothing_personal_is_written_said_or_told(house: House, hook: Webhook, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    words = seed(disk)
    address = f"json://{USER}:{SECRET}@127.0.0.1:{hook.port}/hook?%2BX-Key={TOKEN}"
    house.environ |= {"HOOK": address}
    (house.folder / "url").write_text(address + "\n", "utf-8")
    (house.folder / "url").chmod(0o600)
    channels: list[dict[str, object]] = [
        {"id": "storage-oncall", "party": "storage", "url": "env:HOOK"},
        {"id": "region-security", "party": "region", "url": f"file:{house.folder / 'url'}", "operator": True},
    ]
    said: dict[str, bytes] = {}

    def ask(*arguments: str) -> Any:
        ran = house.ask(*arguments)
        said[f"{len(said)} {' '.join(arguments)}"] = (ran.out + ran.err).encode()
        return ran

    with switched(disk, tmp_path / "flags") as nas:
        files = ["/medicall/blomqvist-declared.wav"]
        (disk / files[0][1:]).write_bytes(b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(800))
        house.declare(nas.asset(paths=["/medicall/"]), channels=channels)
        inventory = str(house.inventory)
        ask("-v", "run", inventory)
        (disk / "in-0701740690-1177-999.wav").write_bytes(bytes(900))
        ask("run", inventory, "--json")
        for mode in ("half", "closed", "closed", "open"):
            nas.set(mode)
            ask("-v", "run", inventory)
        ask("alert", inventory, "--test", "storage-oncall")
        (found,) = house.ask("findings", "--json").lines
        ask("findings", "--all")
        ask("show", found["id"])
        ask("show", found["id"], "--json")
        ask("health", inventory)
        ask("health", inventory, "--json")
        # A channel that fails says why, without its address.
        hook.always = type(hook.always)(status=500)
        nas.set("closed")
        ask("run", inventory)
        ask("run", inventory)
        ask("health", inventory, "--json")
        # Reports too, which people hand on; those on file are in the ledger as well.
        month = f"{datetime.now(UTC):%Y-%m}"
        for language in ("en", "sv"):
            for kind in ("vendor", "region", "negative"):
                words_ = ("--party", "region", "--month", month, "--language", language, "--format", "json", "--file")
                ask("report", kind, inventory, *words_)
            about = (
                "--finding",
                found["id"],
                "--party",
                "region",
                "--language",
                language,
                "--format",
                "html",
                "--file",
            )
            ask("report", "incident", inventory, *about)
    assert sum(b"on file as report" in text for text in said.values()) == 8, list(said.values())[-8:]
    steps = [one["step"] for one in json.loads(said[next(k for k in said if "show" in k and "--json" in k)])["changes"]]
    assert set(steps) >= {"opened", "clearing", "cleared", "reopened"}, steps
    assert len(hook.received) >= 8
    # The credentials did arrive where they belong, in the header, and nowhere else.
    login = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
    assert any(login in one.headers.get("authorization", "") for one in hook.received)
    places = {f"ledger {name}": data for name, data in all_of(house.database).items()} | said
    places |= {f"alert {number}": body for number, body in enumerate(hook.bodies)}
    assert any(b"nas.test" in data for data in places.values()), "the search itself works"
    found_at = {
        (where, word)
        for where, data in places.items()
        for word in (*words, SECRET, USER, TOKEN, "talar-om", str(hook.port) + "/hook")
        for form in forms(word)
        if form in data
    }
    assert found_at == set()


def test_declared_files_are_places_and_their_content_is_not_kept(house: House, tmp_path: Path) -> None:
    from tests.acceptance.builders import OPEN, asset
    from tests.servers.real import nginx

    disk = tmp_path / "disk"
    disk.mkdir()
    dump = b"-- MySQL dump 10.13\nINSERT INTO samtal VALUES ('blomqvist-unik-77','0701740605');\n" * 500
    (disk / "journal.sql").write_bytes(dump)
    with nginx(disk, index=False) as server:
        house.declare(asset("nas", (server.host, server.port), files=["/journal.sql"], data="backups"))
        ran = house.run()
    assert ran.code == OPEN, ran.err
    (found,) = [one for one in ran.lines if one["verdict"] == "exposed"]
    assert (found["kind"], found["bytes"], found["certainty"]) == ("file", len(dump), "proven")
    for where, data in all_of(house.database).items():
        assert b"unik-77" not in data, where
        assert b"070174" not in data, where
