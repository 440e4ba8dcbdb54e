"""Runs attacks and prints what came of each: `python -m tests.attack [--sample] [--amount N] [--write] [NAME ...]`.

Ends with 1 where an attack did not hold. With `--write`, the row of each attack goes into docs/attacks.md as it ends;
`--write --rest` goes on where a run was broken off: it leaves out what held today.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from datetime import UTC, datetime

from tests.attack import lanes
from tests.attack.attack import Attack, Outcome, row
from tests.attack.manual import PAGE, write
from tests.attack.manual import known as known_rows
from tests.attack.registry import ATTACKS
from tests.commands import start_forking


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="run only these")
    parser.add_argument("--sample", action="store_true", help="a small amount of each, as `make test` does")
    parser.add_argument(
        "--amount", type=int, metavar="N", help="another amount than that of `make attack`, of one NAME"
    )
    parser.add_argument("--write", action="store_true", help="write the table into docs/attacks.md")
    parser.add_argument("--rest", action="store_true", help="leave out what held today, as docs/attacks.md says")
    chosen = parser.parse_args(arguments)
    known = {attack.name for attack in ATTACKS}
    if unknown := set(chosen.names) - known:
        parser.error(f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(sorted(known))})")
    if chosen.amount and len(chosen.names) != 1:
        parser.error("--amount is that of one attack: give its name")
    today = str(datetime.now(UTC).date())
    rows = known_rows(PAGE.read_text("utf-8")) if chosen.rest else {}
    done = {name for name, said in rows.items() if today in said and "| held |" in said}
    attacks: list[tuple[Attack, int]] = []
    for attack in ATTACKS:
        if (chosen.names and attack.name not in chosen.names) or (chosen.sample and not attack.sample):
            continue
        if attack.name not in done:
            attacks.append((attack, chosen.amount or (attack.sample if chosen.sample else attack.whole)))
    began, failed = time.monotonic(), 0

    def told(attack: Attack, outcome: Outcome, seconds: float) -> None:
        nonlocal failed
        failures = outcome.failures + outcome.too_slow
        failed += bool(failures)
        took = f"{seconds:.0f} s, load {os.getloadavg()[1]:.0f}"
        print(f"{attack.name}: {outcome.tried} tried, {outcome.word}, {outcome.measured} ({took})", flush=True)
        if chosen.write:
            day = datetime.now(UTC).date()
            write({attack.name: row(attack, outcome, day)}, [one.name for one in ATTACKS])
        for failure in failures[:20]:
            print(f"  {failure}", flush=True)

    start_forking()
    for by in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(by, lambda number, _: sys.exit(128 + number))
    lanes.run(attacks, told, longest=0 if chosen.amount else lanes.LONGEST)
    print(f"{len(attacks)} attacks, {failed} failed, {time.monotonic() - began:.0f} s in all")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
