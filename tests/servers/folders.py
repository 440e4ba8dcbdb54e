"""Fixture folders, made fresh for a test: hard names, a recorder's disk, backups, a web site; all of it made up."""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import tarfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from tests.servers.sounds import mp3, wav

LATIN_1 = b"s\xf6ndag latin.wav"
"""A name that is not UTF-8: some servers drop it, some refuse the whole folder."""
BIG = 5_000_019
"""Bytes of the file that every server rounds in its own way."""
NUMBERS = range(701740605, 701740700)
"""Swedish numbers that are set aside for fiction: 070-1740605 to 070-1740699."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a whole listing must say of one thing in a folder."""

    name: bytes
    size: int
    """Bytes of a file; 0 for a folder, whose size means nothing."""
    folder: bool

    @property
    def text(self) -> str:
        """The name as text, with what is not UTF-8 as surrogates."""
        return os.fsdecode(self.name)


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder and all that is below it, by relative path (bytes, `b""` for the top)."""

    path: Path
    folders: dict[bytes, tuple[Entry, ...]]

    @property
    def top(self) -> tuple[Entry, ...]:
        """What a listing of the top must contain."""
        return self.folders[b""]

    def at(self, path: bytes | str) -> tuple[Entry, ...]:
        """What a listing of the folder `path` must contain."""
        return self.folders[os.fsencode(path).strip(b"/")]

    @property
    def files(self) -> dict[bytes, int]:
        """Every file below the top with its size, by relative path."""
        return {
            folder + b"/" + entry.name if folder else entry.name: entry.size
            for folder, entries in self.folders.items()
            for entry in entries
            if not entry.folder
        }

    @property
    def count(self) -> int:
        """Files in all."""
        return len(self.files)

    @property
    def directories(self) -> int:
        """Folders in all, without the top."""
        return len(self.folders) - 1

    @property
    def bytes(self) -> int:
        """Bytes in all."""
        return sum(self.files.values())


def tree(path: Path) -> Tree:
    """Describe what is on the disk now."""
    folders: dict[bytes, tuple[Entry, ...]] = {}
    top = os.fsencode(path)
    for folder, _, _ in os.walk(top):
        relative = os.path.relpath(folder, top)
        with os.scandir(folder) as found:
            entries = [
                Entry(one.name, 0 if one.is_dir() else one.stat().st_size, one.is_dir())
                for one in sorted(found, key=lambda entry: entry.name)
            ]
        folders[b"" if relative == b"." else relative] = tuple(entries)
    return Tree(path, folders)


HARD: tuple[bytes, ...] = (
    b"+46701740612.wav", b"a#b.wav", b"a%20b.wav", b"a b.wav", b"a+b.wav", b"a&b.wav", b"q?x=1.wav",
    "söndag.wav".encode(), "so\u0308ndag.wav".encode(), b"<x>.wav", b'quo"te.wav', b"apo'strophe.wav", b"co:lon.wav",
    b"call-2024-01-05-12:30:45.wav", b"http:__x.wav", b"semi;colon.wav", b"comma,.wav", b"back\\slash.wav",
    b"new\nline.wav", b"tab\tbed.wav", b"\x01control.wav", b"del\x7f.wav", "emoji\N{MUSICAL NOTE}.wav".encode(),
    b"trailing ", b" leading.wav", b"..hidden..", b"%2e%2e", b"%2520.wav", b"&amp;.wav", b"Name", b"up", b"core",
    b"index.php.bak", b"Parent Directory.wav", b"n" * 116 + b".wav", b"C=N;O=D.wav", b"equals=.wav", b"~tilde.wav",
    b"$dollar.wav", b"{brace}[bracket].wav", b"2024-01-05 12:30  17K.wav", b"directory listing denied.txt",
    "Größe.wav".encode(), "録音.wav".encode(),
)  # fmt: skip
HARD_FOLDERS: tuple[bytes, ...] = (b"proc", b"v1.2.d", b"twin", b"a#folder", b"a folder", b"C=M;O=A", "Måndag".encode())


def hard(folder: Path, *, latin_1: bool = False) -> Tree:
    """The names on which listings and crawlers break, a file each; `latin_1` adds one that is not UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    top = os.fsencode(folder)
    for number, name in enumerate(HARD + ((LATIN_1,) if latin_1 else ())):
        Path(os.fsdecode(top + b"/" + name)).write_bytes(b"x" * (number * 7 + 1))
    for name in HARD_FOLDERS:
        below = Path(os.fsdecode(top + b"/" + name))
        below.mkdir()
        (below / "inside.wav").write_bytes(b"x" * 11)
    # A folder and a file with nearly the same name.
    (folder / "twin.wav").write_bytes(b"x" * 3)
    (folder / "empty.wav").touch()
    (folder / "ten.wav").write_bytes(b"x" * 10)
    with (folder / "big.wav").open("wb") as big:
        big.truncate(BIG)
    return tree(folder)


def with_latin_1(folder: Path) -> Tree:
    """The same folder with one name more, which is not UTF-8."""
    Path(os.fsdecode(os.fsencode(folder) + b"/" + LATIN_1)).write_bytes(b"x" * 99)
    return tree(folder)


def recorder(
    folder: Path,
    *,
    days: int = 3,
    calls: int = 4,
    newest: datetime | None = None,
    codec: Literal["gsm", "pcm"] = "gsm",
    seconds: int = 60,
) -> Tree:
    """A recorder's disk as in the 1177 case: one folder a customer, years, months, days; 2016 and 2017 stand empty.

    Each day has `calls` recordings, every second one also as MP3. A file is as old as its call; the last call ended at
    `newest`, so that a test can make the disk a live one. `seconds` is the length of the shortest call.
    """
    last = newest or datetime(2018, 11, 21, 14, 30, tzinfo=UTC)
    first = last - timedelta(days=days - 1)
    for customer in ("medicall", "prebus", "itell"):
        for year in ("2016", "2017"):
            (folder / customer / year).mkdir(parents=True)
    turn = 0
    for day in range(days):
        for call in range(calls):
            ended = first + timedelta(days=day) - timedelta(minutes=17 * (calls - 1 - call))
            number = NUMBERS[turn % len(NUMBERS)]
            for customer, name in _names(ended, number, turn):
                at = folder / customer / f"{ended:%Y/%m/%d}"
                at.mkdir(parents=True, exist_ok=True)
                length = seconds + turn * 13 % 240
                _put(at / f"{name}.wav", wav(length, codec), ended)
                if turn % 2 == 0:
                    _put(at / f"{name}.mp3", mp3(length), ended)
            turn += 1
    return tree(folder)


def _names(ended: datetime, number: int, turn: int) -> list[tuple[str, str]]:
    """Which customers had a call, under the names that their exchanges give: Asterisk, a queue, VICIdial."""
    began = ended - timedelta(minutes=3)
    stamp, epoch = f"{began:%Y%m%d-%H%M%S}", int(began.timestamp())
    return [
        ("medicall", f"in-0{number}-1177-{stamp}-{epoch}.{turn}"),
        ("prebus", f"q-600-0{number}-{stamp}-{epoch}.{turn}"),
        ("itell", f"{stamp}_46{number}_10{turn % 90 + 10}-all"),
    ][: 1 + turn % 3]


def add_call(folder: Path, at: datetime, *, number: int = NUMBERS[7]) -> Path:
    """One more call on a recorder's disk, ended at `at`: what makes an exposure grow. The path of its file."""
    below = folder / "medicall" / f"{at:%Y/%m/%d}"
    below.mkdir(parents=True, exist_ok=True)
    path = below / f"in-0{number}-1177-{at:%Y%m%d-%H%M%S}-{int(at.timestamp())}.99.wav"
    _put(path, wav(90, "gsm"), at)
    return path


def _put(path: Path, content: tuple[bytes, int], at: datetime) -> None:
    head, size = content
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)  # the rest is a hole: the size is true, the disk stays small
    os.utime(path, (at.timestamp(), at.timestamp()))


def backups(folder: Path) -> Tree:
    """A folder of backups and dumps, each true to its format and without any person in it."""
    folder.mkdir(parents=True, exist_ok=True)
    sql = b"-- MySQL dump 10.13\n-- Host: localhost    Database: kundtjanst\nCREATE TABLE samtal (id int);\n" * 40
    (folder / "kundtjanst-2026-11-20.sql").write_bytes(sql)
    (folder / "kundtjanst-2026-11-19.sql.gz").write_bytes(gzip.compress(sql, mtime=0))
    (folder / "pg.dump").write_bytes(b"PGDMP\x01\x0e\x00" + bytes(4000))
    (folder / "post.pst").write_bytes(b"!BDN" + bytes(5000))
    (folder / "disk.vmdk").write_bytes(b"KDMV" + bytes(6000))
    with zipfile.ZipFile(folder / "site.zip", "w") as packed:
        for number in range(40):
            packed.writestr(f"site/page-{number}.html", f"<p>{number}</p>" * 20)
    with tarfile.open(folder / "home.tar", "w") as packed_tar:
        member = tarfile.TarInfo("home/readme.txt")
        member.size = 5
        packed_tar.addfile(member, io.BytesIO(b"hello"))
    database = sqlite3.connect(folder / "app.db")
    database.execute("create table calls (id integer primary key, seconds integer)")
    database.commit()
    database.close()
    (folder / ".env").write_text("APP_NAME=demo\nDB_PASSWORD=not-a-password\n", encoding="utf-8")
    (folder / "old").mkdir()
    (folder / "old" / "2019.bak").write_bytes(b"TAPE" + bytes(3000))
    return tree(folder)


def site(folder: Path) -> Tree:
    """An ordinary web site: pages, style, pictures in a folder without an index page of its own."""
    (folder / "css").mkdir(parents=True)
    (folder / "images").mkdir()
    top = '<!doctype html><meta charset="utf-8"><title>Vårdcentralen</title>'
    menu = '<nav><a href="/">Start</a> <a href="om.html">Om oss</a></nav>'
    for name, words in (("index", "Välkommen till vårdcentralen."), ("om", "Vi har öppet vardagar 8-17.")):
        page = f"{top}{menu}<h1>Vårdcentralen</h1><p>{words}</p>"
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    (folder / "css" / "site.css").write_text("body { font-family: sans-serif }\n", encoding="utf-8")
    (folder / "images" / "index.html").write_text(
        "<!doctype html><title>Bilder</title><p>Inget här.</p>", encoding="utf-8"
    )
    (folder / "images" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "robots.txt").write_text("User-agent: *\nDisallow:\n", encoding="utf-8")
    return tree(folder)
