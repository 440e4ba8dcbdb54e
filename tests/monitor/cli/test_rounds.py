"""What `leftopen run` prints for people about each open place: what lies open, in words."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from rich.console import Console

import monitor.cli.looking.run as command
from monitor.cli.main import main
from monitor.cli.text.rounds import show_round
from monitor.findings.reasons import Cause, OpenByIntent
from monitor.rounds.batch.lines import Line, Seen
from monitor.service.application import Round
from probes.api import Exposed, Place
from probes.facts import Fact, FactKind
from probes.reasons import OpenReason
from probes.recognise.memo import Memo
from tests.monitor.alerts.builders import NOON

PLACE = Place("nas.test", 443, "/calls/")


@dataclass
class _Recorded:
    seen: Seen


def shown(*lines: Line) -> str:
    """What is printed about a round in which these places were seen."""
    text = io.StringIO()
    done = Round("r1", NOON, NOON, ("nas",), None, cast("object", _Recorded(Seen(len(lines), list(lines)))), (), 3)  # type: ignore[arg-type]
    show_round(Console(file=text, width=400, highlight=False), done)
    return text.getvalue()


def line(why: OpenReason, note: Cause | OpenByIntent = Cause.PROVEN, *facts: Fact) -> Line:
    """One open place."""
    return Line(
        "nas", "http://nas.test:443@192.0.2.1", "192.0.2.1", 443, "p", Exposed(PLACE, "listing", why, facts=facts), note
    )


def test_it_says_in_words_what_lies_open_and_names_what_a_fact_names() -> None:
    facts = (Fact(FactKind.HTTP_ON, number=443), Fact(FactKind.BANNER, "Apache/2.4.7"), Fact(FactKind.ENGINE, "Ceph"))
    text = shown(line(OpenReason.LISTED_AND_READABLE, Cause.PROVEN, *facts))
    assert "a folder listing that anyone can read without a login, files included" in text
    assert "port 443 answers in clear text" in text
    assert "(Apache/2.4.7)" in text
    assert "engine Ceph" in text
    assert "http-on-443" not in text


def test_what_is_open_by_intent_and_what_is_half_fixed_is_said_so() -> None:
    assert "OPEN BY INTENT" in shown(line(OpenReason.LISTED_AND_READABLE, OpenByIntent("2027-01-01")))
    assert "HALF FIXED" in shown(line(OpenReason.INDEX_OFF_FILES_OPEN))


def test_of_many_assets_that_are_clear_the_first_are_named() -> None:
    seen = Seen(600, clear=Counter({f"a{n:03d}": 2 for n in range(300)}))
    text = io.StringIO()
    done = Round("r1", NOON, NOON, ("nas",), None, cast("object", _Recorded(seen)), (), 3)  # type: ignore[arg-type]
    show_round(Console(file=text, width=100_000, highlight=False), done)
    assert "Clear a000 (2), a001 (2)" in text.getvalue()
    assert "a199 (2), and 100 assets more" in text.getvalue()


def test_run_keeps_nothing_for_a_later_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []

    def ended(look: Coroutine[Any, Any, int]) -> int:
        kept.append(Memo[str, str](9, of_one_round=0).keeps)
        assert look.cr_frame is not None  # type: ignore[attr-defined]
        look.cr_frame.f_locals["ledger"].close()  # type: ignore[attr-defined]
        look.close()
        return 0

    declared = tmp_path / "inventory.yaml"
    declared.write_text(
        "leftopen: 1\norganisation: {id: r, name: R, contact: r@region.example}\n"
        "parties: [{id: r, name: R, role: controller}]\n"
        "assets: [{id: nas, host: 127.0.0.1, ports: [1], owner: r, data: documents}]\n"
    )
    monkeypatch.setattr(command, "run_to_end", ended)
    words = [str(declared), "--database", str(tmp_path / "l.db")]
    done = CliRunner().invoke(main, ["run", *words])
    assert (done.exit_code, kept) == (0, [False]), done.output
    assert Memo[str, str](9, of_one_round=0).keeps
