"""From nothing to the first own alert: init, check, run; and one look without any of it."""

from __future__ import annotations

import asyncio
import html
import itertools
import re
import shutil
import signal
import urllib.parse
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import apprise
import pytest
from aiosmtpd.controller import Controller

from monitor.alerts.delivery import webhook
from tests.acceptance.builders import BLIND, NOTHING_OPEN, OPEN, ROOT, WRONG, House
from tests.monitor.alerts.test_mail import Mailbox
from tests.servers import real
from tests.servers.browser import Browser, browser, picture
from tests.servers.folders import Tree
from tests.servers.launch import free_port
from tests.servers.webhook import Webhook
from tests.waiting import until

WHO = ("--organisation", "Region Exempel", "--contact", "security@region.example")


def test_three_commands_lead_to_the_first_own_alert(house: House, hook: Webhook, recordings: Tree) -> None:
    house.environ["HOOK"] = hook.apprise
    with real.nginx(recordings.path) as server:
        made = house.ask("init", "own.yaml", *WHO, "--host", f"127.0.0.1:{server.port}", "--channel", "env:HOOK")
        assert made.code == NOTHING_OPEN, made.err
        assert house.ask("check", "own.yaml").code == NOTHING_OPEN
        run = house.ask("run", "own.yaml")
    assert run.code == OPEN, run.out + run.err
    assert "NOBODY WAS TOLD" not in run.out
    assert "CRITICAL" in hook.received[0].body.decode()


def test_an_inventory_is_not_overwritten_and_never_half_written(house: House) -> None:
    path = house.folder / "own.yaml"
    assert house.ask("init", "own.yaml", *WHO, "--host", "a b").code == WRONG
    assert house.ask("init", "own.yaml", *WHO[:3], "no address", "--host", "nas.example.org").code == WRONG
    assert not path.exists()
    assert house.ask("init", "own.yaml", *WHO, "--host", "nas.example.org").code == NOTHING_OPEN
    before = path.read_bytes()
    assert house.ask("init", "own.yaml", *WHO, "--host", "other.example.org").code == WRONG
    assert path.read_bytes() == before


def test_one_look_needs_a_word_that_it_is_allowed(house: House, recordings: Tree) -> None:
    with real.nginx(recordings.path) as server:
        words = ("look", f"127.0.0.1:{server.port}", "--contact", "security@region.example")
        assert house.ask(*words).code == WRONG
        assert server.asked() == ""
        seen = house.ask(*words, "--allowed", "--json")
    assert seen.code == OPEN
    assert {one["verdict"] for one in seen.lines} >= {"exposed"}
    assert house.ask("look", f"127.0.0.1:{free_port()}", *words[2:], "--allowed").code == BLIND
    assert list(house.folder.iterdir()) == [], "nothing is kept"


def _addresses() -> list[str]:
    page = (ROOT / "docs" / "channels.md").read_text("utf-8")
    return re.findall(r"^\| [^|]+ \| `([^`]+)` \|", page, flags=re.MULTILINE)


@pytest.mark.parametrize("address", _addresses())
def test_each_address_of_the_manual_can_be_read(address: str) -> None:
    if webhook.is_ours(address):
        assert webhook.problem_of(address.replace("SECRET", "correct-horse-battery")) == ""
        return
    assert apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None


QUICKLY = """
acknowledge: {{listen: "127.0.0.1:{page}", url: "http://127.0.0.1:{page}/a"}}
defaults: {{interval: 2s, pace: 500, concurrency: 8, clear_looks: 2, clear_minutes: 0, recorder_paths: false}}
"""
"""What makes the hour pass in seconds, and the page that a link leads to."""


Hand = Callable[..., str]
"""Opens a link; with a name and a choice it writes the name, and presses the button. The text of the page after it."""
PHONE = {"width": 390, "height": 844}
IN_ENGLISH = ("Please confirm", "come here from now on", "I take it", "Thank you, Anna", "checked every minute",
              "Closed", "no longer open", "CLOSED")  # fmt: skip
IN_SWEDISH = ("Bekräfta", "kommer hit från och med nu", "Jag tar hand om det", "Tack, Anna", "kontrolleras varje minut",
              "Stängt", "inte längre öppna", "STÄNGT")  # fmt: skip


def _by_http(url: str, **form: str) -> str:
    body = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, body, timeout=40) as answer:  # noqa: S310  a link of our own mail
        return str(answer.read().decode())


def _by_phone(chromium: Browser) -> Hand:
    taken = itertools.count(1)

    def open_(url: str, choice: str = "", **fields: str) -> str:
        steps: list[tuple[str, Any]] = [("width", None), picture(f"page-390-{next(taken)}")]
        steps += [("fill", (f"input[name={name}]", text)) for name, text in fields.items()]
        if fields:
            button = f"button[value={choice}]" if choice else "button"
            steps += [("click", button), picture(f"page-390-{next(taken)}")]
        seen = asyncio.run(chromium.visit(url, *steps, ("text", None), script=False, **PHONE))
        assert seen["said"] == []
        assert seen["results"][0]["page"] <= PHONE["width"], "it is moved sideways"
        return str(seen["results"][-1])

    return open_


def _pictured(chromium: Browser, folder: Path, letter: EmailMessage) -> None:
    """A mail as a phone shows it: its subject, and its text."""
    body = f"<h3>{html.escape(str(letter['Subject']))}</h3>{html.escape(letter.get_content())}"
    head = "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    style = "font:16px/1.4 sans-serif;white-space:pre-wrap;overflow-wrap:anywhere"
    (folder / "mail.html").write_text(f"{head}<body style='{style}'>{body}", "utf-8")
    step = picture(f"mail-390-{str(letter['Subject']).partition(':')[0]}")
    asyncio.run(chromium.visit((folder / "mail.html").as_uri(), step, **PHONE))


@pytest.mark.slow
def test_the_first_hour_from_init_to_fixed(house: House, recordings: Tree) -> None:
    """init, check, watch, an alert by mail, confirm by its link, the page, close, and told so."""
    _first_hour(house, recordings, "en", IN_ENGLISH, _by_http)


@pytest.mark.slow
def test_the_first_hour_on_a_phone_in_swedish(house: House, recordings: Tree, tmp_path: Path) -> None:
    """The same with a real browser at 390 pixels; pictures of the mails and of the page are kept in build/pictures."""
    with browser() as chromium:
        letters = _first_hour(house, recordings, "sv", IN_SWEDISH, _by_phone(chromium))
        for letter in letters:
            _pictured(chromium, tmp_path, letter)


def _first_hour(
    house: House, recordings: Tree, language: str, words: tuple[str, ...], page_of: Hand
) -> list[EmailMessage]:
    asks, here, take, thanks, closing, closed_title, closed_text, closed_state = words
    mailbox = Mailbox()
    port, page = free_port(), free_port()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=port)
    smtp.start()
    folder = house.folder / "disk"
    shutil.copytree(recordings.path, folder)
    house.environ["LEFTOPEN_CHANNEL"] = f"mailto://127.0.0.1:{port}/?from=lo@region.example&to=it@region.example"

    def mail(begins: str) -> Callable[[], str | None]:
        return lambda: next((one.get_content() for one in mailbox.letters if begins in str(one["Subject"])), None)

    try:
        with real.python(folder) as server:
            made = house.ask("init", *WHO, "--host", f"127.0.0.1:{server.port}", "--language", language)
            assert made.code == NOTHING_OPEN, made.err
            own = house.folder / "leftopen.yaml"
            own.write_text(own.read_text("utf-8") + QUICKLY.format(page=page), "utf-8")
            checked = house.ask("check", "leftopen.yaml")
            assert checked.code == NOTHING_OPEN, checked.err
            assert re.search(r"own-channel .*yes", checked.out), checked.out
            with house.beside("watch", "leftopen.yaml") as watch:
                alert = until(mail("CRITICAL" if language == "en" else "KRITISKT"), "no alert came") or ""
                assert house.ask("confirm", "own-channel", "leftopen.yaml").code == NOTHING_OPEN
                question = until(mail(asks), "no question came") or ""
                link = re.search(rf"http://127\.0\.0\.1:{page}/a/confirm/\S+", question)
                assert link is not None
                assert here in page_of(link.group(), name="Anna")
                found = re.search(rf"http://127\.0\.0\.1:{page}/a/LO-\S+", alert)
                assert found is not None
                assert take in page_of(found.group())
                assert thanks in page_of(found.group(), name="Anna", choice="take")
                # She says so as she does it: looks come every second, and would close it before she has typed her name.
                assert closing in page_of(found.group(), name="Anna", choice="closed", said="disk removed")
                shutil.rmtree(folder)
                until(mail(closed_title), "nobody was told that it is closed")
                assert any(closed_text in str(one["Subject"]) for one in mailbox.letters)
                shown = page_of(found.group())
                assert closed_state in shown
                assert take not in shown
                status = house.ask("status", "leftopen.yaml")
                assert status.code == NOTHING_OPEN, status.out
                watch.send_signal(signal.SIGTERM)
                assert watch.wait(60) == NOTHING_OPEN
    finally:
        smtp.stop()
    return mailbox.letters
