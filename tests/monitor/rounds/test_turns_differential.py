"""With and without turns the verdicts on generated hosts are the same; the bench does it with 1,000 of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.differential import CYCLE, ROUNDS, Host, Plan, compared, hosts, run, unlike

HOSTS = 24


async def test_generated_hosts_are_judged_the_same_with_and_without_turns(tmp_path: Path) -> None:
    outcome = await run(hosts(HOSTS), tmp_path)
    assert outcome.wrong == ()
    assert len(outcome.whole.rounds) == ROUNDS > CYCLE + 1
    assert set(outcome.whole.findings.values()) >= {"exposed", "cleared"}
    assert sum(outcome.turns.requests[1:]) < 0.75 * sum(outcome.whole.requests[1:])
    late = {
        key: n for n, seen in reversed(list(enumerate(outcome.whole.rounds))) for key in seen if "Exposed" in seen[key]
    }
    assert max(late.values()) > 0, "something opened while hosts were watched"


async def test_what_is_found_on_the_way_makes_no_other_path_wait_longer(tmp_path: Path) -> None:
    made = hosts(1000)
    outcome = await run((made[741], made[751], made[761], made[783]), tmp_path)
    assert outcome.wrong == ()


def test_the_hosts_are_of_every_kind_and_always_the_same() -> None:
    made = hosts(HOSTS)
    assert made == hosts(HOSTS)
    assert {one.root for one in made} == {"site", "forbidden", "login", "open", "missing"}
    assert {one.changes for one in made} == {0, 1, 2}
    apart = unlike(hosts(1000))
    assert len(apart) == len({one.kind for one in hosts(1000)}) == 411
    assert unlike(apart) == apart


def test_a_difference_is_found() -> None:
    host = Host("127.60.0.1", "site", {"/a/": (0, ROUNDS)}, 1, catches=False)
    key, beside = (
        ("http://127.60.0.1:80@127.60.0.1", "listing", "x/a/"),
        ("http://127.60.0.1:80@127.60.0.1", "listing", "x/"),
    )
    whole = Plan([{key: ("Exposed", "w"), beside: ("Clear", "w")}] * ROUNDS, [2] * ROUNDS, {("h0", "x/a/"): "exposed"})
    same = replace(whole, rounds=list(whole.rounds))
    assert compared((host,), same, whole) == ()
    late = replace(whole, rounds=[{beside: ("Clear", "w")}] * CYCLE + whole.rounds[CYCLE:])
    assert any("found in round" in one for one in compared((host,), late, whole))
    assert any("has changed" in one for one in compared((host,), late, whole))
    other = replace(whole, rounds=[{**whole.rounds[0], beside: ("Unknown", "w")}, *whole.rounds[1:]])
    assert any("without turns" in one for one in compared((host,), other, whole))
    assert compared((host,), replace(whole, findings={}), whole)
