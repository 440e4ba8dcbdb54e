"""What one scope sees of each table: the queries of the views that stand in the tables' places."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.store.schema.networks import PLACES


@dataclass(frozen=True, slots=True)
class ReadScope:
    """What one grant lets somebody read. `key` names it: two scopes with one key are the same."""

    key: str
    assets: frozenset[str]
    """Ids of the declared assets whose chain holds the party; for an installation's operator all."""
    declared: frozenset[str]
    """Ids of all declared assets: what left the inventory is found by it."""
    parties: frozenset[str]
    """Whose messages are read whole: the party itself."""
    watched: frozenset[str] = frozenset()
    """Parties that work for it: of their messages the channel, the time and the outcome are read, not the text. For an
    installation's operator all, and the empty name under which messages to operators stand."""
    channels: frozenset[str] = frozenset()
    """Channels of `parties`."""
    watched_channels: frozenset[str] = frozenset()
    """Channels of `watched`."""
    installation: bool = False
    """Whether it runs this installation: it sees totals, parts and queues, of every party."""
    evidence: bool = True
    """Whether it reads evidence and what was asked."""
    digests: bool = False
    """Whether it reads places as digests alone (an auditor)."""


_MINE = "asset IN (SELECT id FROM temp.my_assets)"
_MY_SERIES = f"series IN (SELECT id FROM main.series WHERE {_MINE})"
_MY_NUMBERS = "kind = 'asset' AND id IN (SELECT id FROM temp.my_assets)"
_MY_SLOTS = f"EXISTS (SELECT 1 FROM main.log_numbers n WHERE n.number = asset AND {_MY_NUMBERS})"
_CONTENT = ("title", "body", "facts")
_CHILDREN = ("changes", "deeds", "surveys", "clock_warnings", "evidence")
"""Tables whose rows belong to a finding."""


def views(scope: ReadScope) -> dict[str, str]:
    """For each table that may be read, the query that a scope sees in its place. A table without one is not read."""
    # Who sees a large part reads findings in their order, and leaves out the others; who sees little looks up its own.
    sorted_out = f"+{_MINE}" if len(scope.assets) * 4 > len(scope.declared) else _MINE
    body = "_digested(body)" if scope.digests else "body"
    place = "_digest(place)" if scope.digests else "place"
    verdicts = "_digested_verdicts(body)" if scope.digests else "body" if scope.evidence else "_verdicts(body)"
    mine = "party IN (SELECT id FROM temp.my_parties)"
    # Of other parties one reads who, when and what came of it; of those that work for us the channel as well.
    watched = "party IN (SELECT id FROM temp.watched_parties)"
    shows = scope.evidence and not scope.digests
    unplaced = "" if shows else " AND kind <> 'negative'"  # which names places
    title, said, facts = (f"CASE WHEN {mine} THEN {one} ELSE '' END" if shows else "''" for one in _CONTENT)
    text = f"CASE WHEN EXISTS (SELECT 1 FROM main.dues d WHERE d.id = t.due AND d.{mine}) THEN text ELSE '' END"
    text = text if shows else "''"
    # Whoever works for us may work for others too: of its messages beside our findings we see drills alone.
    routes = watched if scope.installation else f"{mine} OR (step = 'drill' AND {watched})"
    mine_due = f"""({routes} OR EXISTS (SELECT 1 FROM main.findings f WHERE f.id = finding
        AND f.{_MINE}))"""
    totals = "" if scope.installation else "0 AS "
    channels = "my_channels" if not scope.installation else "watched_channels"
    by = f"CASE WHEN channel IN (SELECT id FROM temp.{channels}) THEN by ELSE '' END AS by"
    found = {
        "findings": f"""SELECT id, fingerprint, tenant, asset, state, severity, first_seen, last_seen, sequence,
            {body} AS body FROM main.findings WHERE {sorted_out}""",
        "places": f"""SELECT asset, kind, {place} AS place, endpoint, network, verdict, why, at, last_clear,
            last_conclusive, missed, series FROM ({PLACES} WHERE p.{_MINE} AND coalesce(length(s.at), 0) >= 0)""",
        # Reading a column, or SQLite does not say through which view it counts.
        "networks": "SELECT * FROM main.networks WHERE length(name) > 0",
        "looks": f"SELECT * FROM main.looks WHERE {_MINE}",
        "series": f"SELECT * FROM main.series WHERE {_MINE}",
        "days": f"SELECT * FROM main.days WHERE {_MY_SERIES}",
        "all_days": f"""SELECT series, day, verdicts, looks, first, last, gap, asks, wire, slots FROM main.days
            WHERE {_MY_SERIES} UNION ALL SELECT id, day, verdicts, looks, first, last, gap, asks, wire, slots
            FROM main.series WHERE looks > 0 AND {_MINE}""",
        "observations": f"SELECT * FROM main.observations WHERE {_MY_SERIES}",
        # The verdicts, not what was asked; without their facts for whoever may not read evidence.
        # Looked up one by one: a list of all series of a large scope would be made for each of them.
        "records": f"""SELECT id, digest, {verdicts} AS body FROM main.records r WHERE length(digest) > 0 AND (
            EXISTS (SELECT 1 FROM main.series s WHERE s.verdicts = r.id AND s.{_MINE})
            OR EXISTS (SELECT 1 FROM main.days d JOIN main.series s ON s.id = d.series
              WHERE d.verdicts = r.id AND s.{_MINE})
            OR EXISTS (SELECT 1 FROM main.observations o JOIN main.series s ON s.id = o.series
              WHERE o.verdicts = r.id AND s.{_MINE}))""",
        "log_numbers": f"SELECT kind, id, number FROM main.log_numbers WHERE {_MY_NUMBERS}",
        "log_slots": f"SELECT * FROM main.log_slots WHERE {_MY_SLOTS}",
        "slot_days": f"SELECT * FROM main.slot_days WHERE {_MY_SLOTS}",
        "slot_gaps": f"SELECT * FROM main.slot_gaps WHERE {_MY_SLOTS}",
        # Of other parties none: their reports hold what they do for others too.
        "reports": f"SELECT * FROM main.reports WHERE {mine}{unplaced}",
        "asset_parties": f"SELECT * FROM main.asset_parties WHERE {_MINE}",
        "rounds": f"""SELECT id, kind, started, ended, vantage, blind, {totals} tasks, {totals} asks, {totals} wire,
            {totals} exposed, {totals} clear, {totals} unknown FROM main.rounds WHERE length(id) > 0""",
        "dues": f"""SELECT id, CASE WHEN {watched} THEN key ELSE '' END AS key, finding, sequence, step,
            CASE WHEN {watched} THEN channel ELSE '' END AS channel, party, severity,
            {title} AS title, {said} AS body, {facts} AS facts, state, created, due, tries,
            CASE WHEN {watched} THEN last_error ELSE '' END AS last_error, via, grouped, copy_of, sending, '[]' AS taken
            FROM main.dues WHERE {mine_due}""",
        "deliveries": f"""SELECT id, due, CASE WHEN EXISTS (SELECT 1 FROM main.dues d WHERE d.id = t.due AND
            d.{watched}) THEN channel ELSE '' END AS channel, started, ended, outcome,
            CASE WHEN EXISTS (SELECT 1 FROM main.dues d WHERE d.id = t.due AND d.{watched}) THEN reason ELSE '' END
            AS reason, {text} AS text
            FROM main.deliveries t WHERE EXISTS (SELECT 1 FROM main.dues WHERE id = t.due AND {mine_due})""",
        "postings": f"""SELECT id, due, event, at, by, reason FROM main.postings p
            WHERE EXISTS (SELECT 1 FROM main.dues WHERE id = p.due AND {watched} AND {mine_due})""",
        "confirmations": f"""SELECT id, channel, parties, '' AS destination, act, at, {by}, answers
            FROM main.confirmations WHERE channel IN (SELECT id FROM temp.watched_channels)""",
        "answers": f"""SELECT drill, channel, at, {by} FROM main.answers
            WHERE channel IN (SELECT id FROM temp.watched_channels)""",
    }
    for table in _CHILDREN:
        found[table] = f"""SELECT * FROM main.{table} WHERE EXISTS
            (SELECT 1 FROM main.findings f WHERE f.id = finding AND f.{_MINE})"""
    if not scope.evidence or scope.digests:
        for table, column in (("evidence", "id"), ("observations", "id"), ("surveys", "id")):
            found[table] = f"SELECT * FROM main.{table} WHERE {column} IS NULL"
    if scope.installation:
        # Counting rows must read a column: without one SQLite does not say through which view it counts.
        for table, column in (("heartbeats", "id"), ("service_faults", "part"), ("accounts", "id")):
            found[table] = f"SELECT * FROM main.{table} WHERE length({column}) > 0"
        found["damaged_rows"] = "SELECT id, at, what, '' AS row, told FROM main.damaged_rows WHERE length(id) > 0"
    return found
