"""From nothing to the first own alert: init, check, run; and one look without any of it."""

from __future__ import annotations

import re

import apprise
import pytest

from tests.acceptance.builders import BLIND, NOTHING_OPEN, OPEN, ROOT, WRONG, House
from tests.servers import real
from tests.servers.folders import Tree
from tests.servers.launch import free_port
from tests.servers.webhook import Webhook

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
def test_apprise_reads_each_address_of_the_manual(address: str) -> None:
    assert apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None
