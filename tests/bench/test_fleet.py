"""The workloads `fleet`, `exposure` and `latency` in a tiny size: they run through, and say their number of cases."""

from __future__ import annotations

import pytest

from bench import exposure, fleet, latency, locks


@pytest.mark.slow
def test_a_fleet_is_measured_from_its_commands_to_an_idle_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "IDLE", 1.0)
    monkeypatch.setattr(fleet, "CALM", 2)
    figures = fleet.measure(30, 1)
    assert {one.what for one in figures} >= {"`check`, CPU", "`findings`, wall", "idle `watch`", "what is due, CPU"}
    assert all(one.note.startswith("n = 30 assets") for one in figures)


def test_an_unchanged_page_costs_less_than_a_new_one() -> None:
    first, later, quiet, beside = exposure.measure(1500, 4)
    assert first.ours > later.ours, "the page is neither recognised nor counted again"
    assert min(quiet.ours, beside.ours) > 0
    assert first.note.endswith("n = 1")


@pytest.mark.slow
def test_every_opening_is_told_and_nothing_else() -> None:
    middle, worst, memory = latency.measure((latency.Setting(4, 1, 1, 1),))
    assert 0 < middle.ours <= worst.ours
    assert middle.note.startswith("n = 1 of 4 places, every 1 s, 1 never answer")
    assert memory.ours > 10


def test_each_transaction_of_a_service_is_measured() -> None:
    figures = locks.measure(20)
    assert len(figures) == 6
    assert all(one.ours > 0 for one in figures)
    assert all("20 assets" in one.note for one in figures)
