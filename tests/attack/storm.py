"""Thousands of findings that open in one moment: a `watch` tells all of them, and its loop is never held."""

from __future__ import annotations

import resource
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.alerts.messages.new_messages import messages_for
from monitor.findings.finding import fingerprint
from monitor.inventory.load import load
from monitor.store.ledger import Ledger
from probes.api import Place
from tests.acceptance.builders import House, asset
from tests.attack.attack import Outcome
from tests.attack.kills import unsent, whole
from tests.attack.load import stalls
from tests.attack.recorders import Recorders, holds, watching
from tests.monitor.store.builders import found
from tests.servers.webhook import webhook
from tests.speed import slowness

_MESSAGES = 100
"""Messages at most: who is woken by more of them reads none."""
_SECONDS = 120.0
"""CPU seconds of a usual machine in which a `watch` of 10,000 findings must have told them."""
_ID = "LO-{:010d}"


def storm(amount: int, folder: Path) -> Outcome:
    """`amount` findings on as many assets open in one step; the `watch` that starts then tells all of them."""
    outcome = Outcome(tried=amount)
    with webhook() as hook:
        house = House(folder, {"HOOK": hook.ours})
        house.declare(
            *(asset(f"a{n}", ("127.0.0.1", 9), interval="1d") for n in range(amount)),
            channels=[{"id": "storage-oncall", "party": "storage", "url": "env:HOOK"}],
        )
        _open(house, amount)
        made = Recorders(house, hook)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        database = str(house.database)
        with watching(made, house.environment()) as process:
            told = holds(lambda: bool(hook.received) and not unsent(database), 600)
            outcome.check(told, f"not sent after ten minutes: {len(unsent(database))}")
            outcome.check(process.poll() is None, "the watch has ended")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        whole(database, outcome, "at the end")
        ledger = Ledger(house.database)
        grouped = ledger.rows("SELECT count(*) AS n FROM dues WHERE finding <> '' AND state IN ('sent', 'grouped')")
        outcome.check(grouped[0]["n"] >= amount, f"{grouped[0]['n']} of {amount} are told")
        ledger.close()
        said = (house.folder / "watch.log").read_text()
        messages = len(hook.received)
    outcome.check("Traceback" not in said, said[-600:])
    outcome.check(0 < messages <= _MESSAGES, f"{messages} messages for {amount} findings")
    seconds = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / slowness()
    if seconds > _SECONDS:
        outcome.too_slow.append(f"{seconds:.0f} s of CPU")
    longest = stalls(said, outcome)
    outcome.measured = f"{messages} messages, {seconds:.0f} s of CPU, longest stall by its own work {longest:.2f} s"
    return outcome


def _open(house: House, amount: int) -> None:
    """Put the findings and what is owed for them on file in one step, as a round does; all were looked at just now."""
    inventory, ledger = load(house.inventory), Ledger(house.database)
    now = datetime.now(UTC) - timedelta(minutes=1)
    first, change = found()
    with ledger.step():
        for n in range(amount):
            place = Place(f"a{n}.test", 443, "/")
            print_ = fingerprint("region", f"a{n}", "listing", place)
            one = replace(first, id=_ID.format(n), fingerprint=print_, asset=f"a{n}", place=place)
            news = replace(change, finding=one.id, at=now)
            ledger.save(one, news, "r", now, messages_for(one, news, inventory))
            ledger.execute("INSERT INTO looks (asset, at) VALUES (?, ?)", f"a{n}", now.isoformat())
    ledger.close()
