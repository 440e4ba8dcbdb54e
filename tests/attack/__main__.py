"""Runs attacks and prints what came of each: `python -m tests.attack [--sample] [--amount N] [--write] [NAME ...]`.

Ends with 1 where an attack did not hold. With `--write`, the row of each attack goes into docs/attacks.md as it ends.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.attack.attack import Attack, Outcome, row
from tests.attack.manual import write
from tests.attack.registry import ATTACKS


def attempt(attack: Attack, amount: int) -> Outcome:
    """One attack in a folder of its own; an exception of the attack is a failure of it."""
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
    chosen = parser.parse_args(arguments)
    known = {attack.name for attack in ATTACKS}
    if unknown := set(chosen.names) - known:
        parser.error(f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(sorted(known))})")
    if chosen.amount and len(chosen.names) != 1:
        parser.error("--amount is that of one attack: give its name")
    results: list[tuple[Attack, Outcome]] = []
    for attack in ATTACKS:
        if (chosen.names and attack.name not in chosen.names) or (chosen.sample and not attack.sample):
            continue
        began = time.monotonic()
        outcome = attempt(attack, chosen.amount or (attack.sample if chosen.sample else attack.whole))
        seconds = time.monotonic() - began
        results.append((attack, outcome))
        print(f"{attack.name}: {outcome.tried} tried, {outcome.word}, {outcome.measured} ({seconds:.0f} s)", flush=True)
        if chosen.write:
            day = datetime.now(UTC).date()
            write({attack.name: row(attack, outcome, day)}, [one.name for one in ATTACKS])
        for failure in (outcome.failures + outcome.too_slow)[:20]:
            print(f"  {failure}", flush=True)
    return 1 if any(outcome.failures or outcome.too_slow for _, outcome in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
