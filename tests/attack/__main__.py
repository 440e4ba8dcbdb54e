"""Runs attacks and prints what came of each: `python -m tests.attack [--sample] [--amount N] [--write] [NAME ...]`.

Ends with 1 where an attack did not hold. With `--write`, the row of each attack goes into docs/attacks.md as it ends;
`--write --rest` goes on where a run was broken off: it leaves out what held today.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.attack.attack import Attack, Outcome, row
from tests.attack.manual import PAGE, write
from tests.attack.manual import known as known_rows
from tests.attack.registry import ATTACKS

LONGEST = 900
"""Seconds after which an attack of the usual amount is broken off: one that hangs costs the others no row."""


def attempt(attack: Attack, amount: int, longest: int) -> Outcome:
    """One attack in a folder of its own; an exception of the attack is a failure of it."""
    signal.signal(signal.SIGALRM, _broken_off)
    signal.alarm(longest)
    try:
        return _attempt(attack, amount)
    finally:
        signal.alarm(0)


def _broken_off(*_: object) -> None:
    raise TimeoutError("not done in time")


def _attempt(attack: Attack, amount: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix=f"leftopen-{attack.name}-") as folder:
        try:
            return attack.run(amount, Path(folder))
        except Exception as error:  # noqa: BLE001  whatever breaks an attack is told, and the others are still run
            return Outcome(failures=[f"{attack.name}: {error!r}"])


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
    results: list[tuple[Attack, Outcome]] = []
    for attack in ATTACKS:
        if (chosen.names and attack.name not in chosen.names) or (chosen.sample and not attack.sample):
            continue
        if attack.name in done:
            continue
        began = time.monotonic()
        usual = attack.sample if chosen.sample else attack.whole
        outcome = attempt(attack, chosen.amount or usual, 0 if chosen.amount else LONGEST)
        seconds = time.monotonic() - began
        results.append((attack, outcome))
        took = f"{seconds:.0f} s, load {os.getloadavg()[1]:.0f}"
        print(f"{attack.name}: {outcome.tried} tried, {outcome.word}, {outcome.measured} ({took})", flush=True)
        if chosen.write:
            day = datetime.now(UTC).date()
            write({attack.name: row(attack, outcome, day)}, [one.name for one in ATTACKS])
        for failure in (outcome.failures + outcome.too_slow)[:20]:
            print(f"  {failure}", flush=True)
    return 1 if any(outcome.failures or outcome.too_slow for _, outcome in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
