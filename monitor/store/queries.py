"""Questions that people and commands ask of the ledger; nothing here writes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from sqlite3 import Row
from typing import Any

from monitor.findings.finding import TELLING, Change, Severity, State, Step
from monitor.store.ledger import Ledger
from monitor.store.reason_rows import load_reason
from monitor.store.rows import maybe, read_record, when
from monitor.store.schema.stored import value_of
from probes.facts import FactKind
from probes.reasons import ClosedReason, UndecidedReason


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message about a finding and how far it got. `accepted` is the provider's word: nobody has read it by that."""

    sequence: int
    step: str
    channel: str
    party: str
    title: str
    state: str
    created: datetime
    accepted: datetime | None
    tries: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """A place without a verdict at the last look, and the last time there was one."""

    asset: str
    endpoint: str
    place: str
    why: str
    at: datetime
    last_conclusive: datetime | None


def changes(ledger: Ledger, finding: str) -> tuple[Change, ...]:
    """The life of a finding, in order."""
    rows = ledger.rows("SELECT * FROM changes WHERE finding = ? ORDER BY sequence", finding)
    return tuple(_change(row) for row in rows)


def changes_of(ledger: Ledger, findings: Collection[str]) -> dict[str, list[Change]]:
    """The lives of several findings, each in order."""
    found: dict[str, list[Change]] = {}
    sql = "SELECT * FROM changes WHERE finding IN (SELECT value FROM json_each(?)) ORDER BY finding, sequence"
    for row in ledger.rows(sql, json.dumps(list(findings))):
        found.setdefault(row["finding"], []).append(_change(row))
    return found


def standing(ledger: Ledger) -> list[tuple[str, int, State]]:
    """Id, last change and state of every finding, the worst and oldest first: no more of them is read."""
    rows = ledger.rows("SELECT id, sequence, state, severity FROM findings ORDER BY first_seen")
    rows.sort(key=lambda row: -Severity(row["severity"]).rank)
    return [(row["id"], row["sequence"], State(row["state"])) for row in rows]


def _change(row: Row) -> Change:
    return Change(row["finding"], row["sequence"], Step(row["step"]), when(row["at"]), load_reason(row["reason"]))


def evidence(ledger: Ledger, finding: str) -> tuple[dict[str, Any], ...]:
    """The evidence behind each step of a finding, in order."""
    rows = ledger.rows("SELECT sequence, body FROM evidence WHERE finding = ? ORDER BY id", finding)
    return tuple({"sequence": r["sequence"], **value_of(r["body"])} for r in rows)


def addressed(ledger: Ledger) -> frozenset[str]:
    """The ids of every channel and party for which a message was ever made."""
    rows = ledger.rows("SELECT DISTINCT channel, party FROM dues")
    return frozenset(name for row in rows for name in (row["channel"], row["party"]) if name)


def text_sent(ledger: Ledger, due: int) -> tuple[datetime, str] | None:
    """When a provider last accepted a message, and the text that is kept of it; None: none has accepted it."""
    rows = ledger.rows(
        "SELECT ended, text FROM deliveries WHERE due = ? AND outcome = 'accepted' ORDER BY ended DESC LIMIT 1", due
    )
    return (when(rows[0]["ended"]), rows[0]["text"] or "") if rows else None


def messages_about(ledger: Ledger, finding: str) -> tuple[SentMessage, ...]:
    """Every message about a finding, whoever it was owed to."""
    rows = ledger.rows(
        """SELECT d.*, (SELECT min(ended) FROM deliveries WHERE due = d.id AND outcome = 'accepted') AS accepted
           FROM dues d WHERE finding = ? ORDER BY sequence, id""",
        finding,
    )
    return tuple(
        SentMessage(
            r["sequence"],
            r["step"],
            r["channel"],
            r["party"],
            r["title"],
            r["state"],
            when(r["created"]),
            maybe(r["accepted"]),
            r["tries"],
            r["last_error"],
        )
        for r in rows
    )


def places(
    ledger: Ledger, assets: Collection[str] | None = None
) -> Iterator[tuple[str, str, str, datetime, datetime | None]]:
    """Every place at every endpoint, or those of `assets`: its asset, last verdict, the reason, when, and the last
    conclusive look at it."""
    chosen = "" if assets is None else " WHERE asset IN (SELECT value FROM json_each(?))"
    given = () if assets is None else (json.dumps(sorted(assets)),)
    sql = f"SELECT asset, verdict, why, at, last_conclusive FROM places{chosen}"  # noqa: S608  words of ours
    # A look says the same of most places, and at one time.
    at, conclusive = lru_cache(64)(when), lru_cache(64)(maybe)
    for row in ledger.each_row(sql, *given):
        yield row["asset"], row["verdict"], row["why"], at(row["at"]), conclusive(row["last_conclusive"])


def led_to(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """Where the places of each asset led to at their last look, by redirects to hosts or ports that are not theirs, or
    by a script that lists a bucket: scheme, host and port."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in ledger.rows(
        """SELECT DISTINCT p.asset, r.body FROM places p JOIN series s ON s.id = p.series
           JOIN records r ON r.id = s.verdicts WHERE p.why IN (?, ?)""",
        *_ELSEWHERE,
    ):
        for _, _, _, why, facts, *_ in read_record(row["body"]):
            if why in _ELSEWHERE:
                found[row["asset"]] |= {fact[1] for fact in facts if fact[0] == FactKind.LEADS_TO}
    return {asset: tuple(sorted(to)) for asset, to in found.items()}


_ELSEWHERE = (ClosedReason.LEADS_ELSEWHERE.value, UndecidedReason.DRAWN_BY_SCRIPT.value)


def unseen(ledger: Ledger, asset: str | None = None) -> tuple[Unseen, ...]:
    """The places whose last look gave no verdict, longest unseen first; all of them, or one asset's."""
    rows = ledger.rows(
        """SELECT * FROM places WHERE verdict = 'unknown' AND (?1 IS NULL OR asset = ?1)
           ORDER BY last_conclusive IS NOT NULL, last_conclusive, asset, place, endpoint""",
        asset,
    )
    return tuple(
        Unseen(r["asset"], r["endpoint"], r["place"], r["why"], when(r["at"]), maybe(r["last_conclusive"]))
        for r in rows
    )


def asked(ledger: Ledger, asset: str) -> tuple[tuple[str, str, str, tuple[tuple[str, str, str, int], ...]], ...]:
    """What the last looks at an asset asked, exactly: probe, endpoint, turn, and verb, path, outcome and bytes of each
    request. Of an unchanged look it is what the first one asked that saw the same."""
    rows = ledger.rows(
        """SELECT s.probe, s.endpoint, s.part, r.body FROM series s JOIN observations o ON o.id = s.observation
           JOIN records r ON r.id = o.asked WHERE s.asset = ? ORDER BY s.probe, s.endpoint, s.part""",
        asset,
    )
    return tuple((r["probe"], r["endpoint"], r["part"], tuple(tuple(a) for a in read_record(r["body"]))) for r in rows)


def last_news_of(ledger: Ledger, states: Collection[str]) -> dict[str, Change]:
    """The last change that somebody was told of, for each finding in one of `states`."""
    rows = ledger.rows(
        """SELECT c.* FROM findings f JOIN changes c ON c.finding = f.id
           WHERE f.state IN (SELECT value FROM json_each(?)) AND c.step IN (SELECT value FROM json_each(?))
           ORDER BY c.finding, c.sequence""",
        json.dumps(list(states)),
        json.dumps(sorted(TELLING)),
    )
    return {row["finding"]: _change(row) for row in rows}


def told_by_change(ledger: Ledger, news: Iterable[Change]) -> dict[str, frozenset[str]]:
    """For each of these changes, by its finding, the channels that just this change was owed to."""
    told: dict[str, set[str]] = {}
    rows = ledger.rows(
        """SELECT d.finding, d.channel FROM json_each(?) n
           JOIN dues d ON d.finding = n.value ->> 0 AND d.sequence = n.value ->> 1""",
        json.dumps([[change.finding, change.sequence] for change in news]),
    )
    for row in rows:
        told.setdefault(row["finding"], set()).add(row["channel"])
    return {finding: frozenset(channels) for finding, channels in told.items()}


@dataclass(frozen=True, slots=True)
class Try:
    """One try at telling somebody: what, whom, when, and how it ended."""

    due: int
    """The number of the message."""
    finding: str
    sequence: int
    step: str
    channel: str
    party: str
    started: datetime
    outcome: str
    reason: str


def tries(ledger: Ledger, whom: str) -> tuple[Try, ...]:
    """Every delivery that was tried, in order: about a finding (its id), or to a channel or a party (its id)."""
    rows = ledger.rows(
        """SELECT d.id, d.finding, d.sequence, d.step, t.channel, d.party, t.started, t.outcome, t.reason
           FROM deliveries t JOIN dues d ON d.id = t.due
           WHERE ?1 IN (d.finding, t.channel, d.party)
           OR coalesce(d.copy_of, d.id) IN (SELECT grouped FROM dues WHERE finding = ?1 AND grouped IS NOT NULL)
           ORDER BY t.id""",
        whom,
    )
    return tuple(
        Try(
            r["id"],
            r["finding"],
            r["sequence"],
            r["step"],
            r["channel"],
            r["party"],
            when(r["started"]),
            r["outcome"],
            r["reason"],
        )
        for r in rows
    )


@dataclass(frozen=True, slots=True)
class Post:
    """How the outbox stands."""

    owed: int
    dead: int
    oldest_owed: datetime | None
    failing: tuple[tuple[str, int, str], ...]
    """Channels with messages that were tried in vain: channel, messages, last reason."""
    held: tuple[tuple[str, str, int], ...]
    """What is held: channel, reason, messages."""


def post(ledger: Ledger) -> Post:
    """The state of the outbox."""
    counts = {r["state"]: r["n"] for r in ledger.rows("SELECT state, count(*) AS n FROM dues GROUP BY state")}
    oldest = ledger.rows("SELECT min(created) AS at FROM dues WHERE state = 'owed'")[0]["at"]
    failing = ledger.rows(
        """SELECT channel, count(*) AS n, max(last_error) AS reason FROM dues WHERE state = 'owed' AND tries > 0
           GROUP BY channel ORDER BY channel"""
    )
    held = ledger.rows(
        """SELECT channel, last_error, count(*) AS n FROM dues WHERE state = 'held'
           GROUP BY channel, last_error ORDER BY channel, last_error"""
    )
    return Post(
        counts.get("owed", 0),
        counts.get("dead", 0),
        maybe(oldest),
        tuple((r["channel"], r["n"], r["reason"]) for r in failing),
        tuple((r["channel"], r["last_error"], r["n"]) for r in held),
    )
