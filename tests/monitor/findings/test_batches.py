"""Observations are committed in their order, a few hundred together, and fewer where much is to be decided."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace

from monitor.findings.batches import IN_TURNS, OPEN_TOGETHER, PLACES_TOGETHER, TOGETHER, opened_by, together
from monitor.findings.observation import Observation
from probes.api import Clear, Place
from probes.reasons import ClosedReason
from tests.monitor.findings.builders import entry, listing, opened
from tests.monitor.store.builders import looked

PLACE = Place("nas.test", 443, "/")


def closed(number: int) -> Observation:
    return replace(looked(), asset=f"a{number}", verdicts=(Clear(PLACE, "listing", ClosedReason.NOT_FOUND),))


def open_(number: int, rows: int = 1) -> Observation:
    page = listing(*(entry(f"{n}.wav") for n in range(rows)))
    return replace(looked(), asset=f"a{number}", verdicts=(opened(page=page),))


def test_nothing_is_lost_and_the_order_stays() -> None:
    some = [(open_ if n % 5 == 0 else closed)(n) for n in range(3 * TOGETHER)]
    assert [one for batch in together(some) for one in batch] == some
    assert list(together([])) == []


def test_a_batch_is_bounded_in_looks_and_in_those_that_saw_something_open() -> None:
    assert [len(one) for one in together([closed(n) for n in range(2 * TOGETHER + 3)])] == [TOGETHER, TOGETHER, 3]
    assert {len(one) for one in together([open_(n) for n in range(4 * OPEN_TOGETHER)])} == {OPEN_TOGETHER}


def test_large_pages_are_committed_a_few_at_a_time() -> None:
    # As many as are counted beforehand, and remembered until their transaction.
    assert [len(one) for one in together([open_(n, 8000) for n in range(7)])] == [3, 3, 1]


def test_what_is_counted_is_what_was_seen_open() -> None:
    assert len(opened_by([closed(1), open_(2), open_(3)])) == 2


def test_whole_looks_at_many_places_are_fewer_together() -> None:
    (verdict,) = closed(0).verdicts
    whole = [replace(closed(n), verdicts=(verdict,) * 16) for n in range(PLACES_TOGETHER // 16 + 1)]
    assert [len(one) for one in together(whole)] == [PLACES_TOGETHER // 16, 1]


def test_of_looks_in_turns_as_many_are_together_as_of_any() -> None:
    (verdict,) = closed(0).verdicts
    in_turns = [replace(closed(n), verdicts=(verdict,) * IN_TURNS) for n in range(TOGETHER + 1)]
    assert TOGETHER * IN_TURNS > PLACES_TOGETHER
    assert [len(one) for one in together(in_turns)] == [TOGETHER, 1]


def test_a_look_that_is_filed_under_another_network_is_the_same_in_all_else() -> None:
    one = replace(looked(), network="from here", early=True)
    defaults = {field.name: field.default for field in fields(one) if field.default is not MISSING}
    assert all(getattr(one, name) != default for name, default in defaults.items()), "give a new field a value here"
    assert one.seen_from("sjunet") == replace(one, network="sjunet")
    assert one.seen_from("from here") == one
