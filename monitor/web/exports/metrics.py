"""The metrics of what a grant sees, in Prometheus' text format: no name of an asset, a place or a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from monitor.findings.finding import Severity, State
from monitor.health.stalls import Stalls
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import DueState
from monitor.store.tables import rounds
from monitor.web.call import Call
from monitor.web.read.head import Head


async def show(call: Call) -> web.Response:
    """`GET /metrics`."""
    head = await call.services.heads(call.seen)
    counts = await call.read(_counts)
    registry = CollectorRegistry()
    registry.register(_Read(head, counts, call.services.stalls))
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _counts(ledger: Ledger) -> dict[str, Any]:
    findings = {
        (row["state"], row["severity"]): row["n"]
        for row in ledger.rows("SELECT state, severity, count(*) AS n FROM findings GROUP BY state, severity")
    }
    seen = ledger.rows(
        """SELECT verdict, count(*) AS n, min(coalesce(last_conclusive, '1970-01-01T00:00:00Z')) AS oldest FROM places
           WHERE why <> 'not-spoken' GROUP BY verdict"""
    )
    places = {row["verdict"]: row["n"] for row in seen}
    waiting = ledger.rows(
        "SELECT state, count(*) AS n FROM dues WHERE state IN ('owed', 'held', 'dead') GROUP BY state"
    )
    dues = {row["state"]: row["n"] for row in waiting}
    last = next(iter(rounds.last(ledger, 1)), None)
    return {
        "findings": findings,
        "places": places,
        "dues": dues,
        "oldest": min((row["oldest"] for row in seen), default=None),
        "round": last,
    }


class _Read(Collector):
    """What was read, as metrics; every label has all of its values, so that a zero is said and not left out."""

    def __init__(self, head: Head, counts: dict[str, Any], stalls: Stalls | None) -> None:
        self._head = head
        self._stalls = stalls
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        counts, answers = self._counts, self._head.answers
        build = GaugeMetricFamily("leftopen_build_info", "The version that runs.", labels=["version"])
        build.add_metric([version("leftopen")], 1)
        yield build
        findings = GaugeMetricFamily("leftopen_findings", "Findings.", labels=["state", "severity"])
        for state in State:
            for severity in Severity:
                findings.add_metric([state, severity], counts["findings"].get((state.value, severity.value), 0))
        yield findings
        yield _gauge(
            "open_findings", "Open findings that are neither accepted nor dismissed.", answers["open"]["count"]
        )
        places = GaugeMetricFamily("leftopen_places", "Places at their endpoints by last verdict.", labels=["verdict"])
        for verdict in ("exposed", "clear", "unknown"):
            places.add_metric([verdict], counts["places"].get(verdict, 0))
        yield places
        dues = GaugeMetricFamily("leftopen_dues", "Messages that were not sent.", labels=["state"])
        for queued in (DueState.OWED, DueState.HELD, DueState.DEAD):
            dues.add_metric([queued], counts["dues"].get(queued.value, 0))
        yield dues
        yield _gauge("assets", "Declared assets.", answers["see"]["assets"])
        yield _gauge("assets_not_judged", "Declared assets without a verdict in time.", answers["see"]["unjudged"])
        yield _gauge("told_to_nobody", "Open findings of which nobody was told.", answers["tell"]["told_to_nobody"])
        yield _gauge("messages_late", "Messages that wait for longer than they should.", answers["tell"]["late"])
        # What was never seen has no time: a missing series is what absent() in the rules is for.
        if counts["oldest"]:
            at = datetime.fromisoformat(counts["oldest"]).timestamp()
            yield _gauge("oldest_conclusive_timestamp_seconds", "The oldest last conclusive look at a place.", at)
        last = counts["round"]
        if last is not None:
            yield _gauge("round_blind", "Whether the last round was blind.", int(last.blind is not None))
            if last.ended is not None:
                at = last.ended.timestamp()
                yield _gauge("round_last_end_timestamp_seconds", "When the last round ended.", at)
        if self._stalls is not None:
            yield CounterMetricFamily(
                "leftopen_loop_stalls", "Times that the event loop was held over 0.1 s.", self._stalls.number
            )
            yield CounterMetricFamily(
                "leftopen_loop_stall_seconds", "Seconds that the event loop was held.", self._stalls.seconds
            )
            yield _gauge("loop_longest_stall_seconds", "The longest of these times.", self._stalls.longest)


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"leftopen_{name}", says, value)
