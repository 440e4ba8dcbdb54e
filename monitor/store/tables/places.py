"""Places as they were last seen: the last verdict of each at each endpoint, and the longest time without one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.findings.observation import Observation
from monitor.store.rows import stamp, when

if TYPE_CHECKING:
    from monitor.store.ledger import Ledger


def mark(
    connection: sqlite3.Connection, seen: Observation, verdicts: Iterable[list[Any]], series: Iterable[int]
) -> None:
    """Put the verdicts of one look at an endpoint on file, as `verdict_row` has them, each with its series: while that
    sees the same, its last look is that of the place. Within a step."""
    now, rows = stamp(seen.ended), []
    asset, endpoint, network = seen.asset, str(seen.target), seen.network
    for (place, kind, found, why, *_), of in zip(verdicts, series, strict=True):
        clear, conclusive = now if found == "clear" else None, now if found != "unknown" else None
        rows.append((asset, kind, place, endpoint, network, found, why, now, clear, conclusive, of))
    connection.executemany(
        """INSERT INTO place_rows (asset, kind, place, endpoint, network, verdict, why, at, last_clear,
           last_conclusive, series) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (asset, kind, place, endpoint, network) DO UPDATE SET
           verdict = excluded.verdict, why = excluded.why, at = excluded.at, missed = 0, series = excluded.series,
           last_clear = coalesce(excluded.last_clear, last_clear),
           last_conclusive = coalesce(excluded.last_conclusive, last_conclusive)""",
        rows,
    )


def differ(connection: sqlite3.Connection, seen: Observation, verdicts: Iterable[list[Any]]) -> bool:
    """Whether a place on file has another verdict than the one that a look at its endpoint has now seen; `verdicts` as
    `verdict_row` has them."""
    rows = connection.execute(
        "SELECT kind, place, verdict, why FROM place_rows WHERE asset = ? AND endpoint = ? AND network = ?",
        (seen.asset, str(seen.target), seen.network),
    )
    on_file = {(kind, place): (verdict, why) for kind, place, verdict, why in rows}
    return any(on_file.get((kind, place), (word, why)) != (word, why) for place, kind, word, why, *_ in verdicts)


def settle(connection: sqlite3.Connection, *series: int) -> None:
    """These series now see something else: their places keep the time of the last look that saw the same, and are no
    longer seen by them. Within a step."""
    connection.execute(
        """UPDATE place_rows SET at = s.at, series = NULL,
           last_clear = CASE WHEN place_rows.verdict = 'clear' THEN s.at ELSE last_clear END,
           last_conclusive = CASE WHEN place_rows.verdict <> 'unknown' THEN s.at ELSE last_conclusive END
           FROM series s WHERE s.id = place_rows.series AND place_rows.series IN (SELECT value FROM json_each(?))""",
        (json.dumps(series),),
    )


def moved(ledger: Ledger, led_to: Mapping[str, Collection[str]], aside: str, network: str = "") -> set[str]:
    """Those of the assets that have places at endpoints to which a whole look did not lead, or the last one did not:
    for them alone `not_led` does something."""
    rows = ledger.rows(
        """SELECT DISTINCT asset, endpoint, missed > 0 AS missed FROM place_rows
           WHERE asset IN (SELECT value FROM json_each(?)) AND network = ? AND (kind <> ? OR missed > 0)""",
        json.dumps(list(led_to)),
        network,
        aside,
    )
    return {row["asset"] for row in rows if row["missed"] or row["endpoint"] not in led_to[row["asset"]]}


def not_led(ledger: Ledger, asset: str, led_to: Collection[str], aside: str, most: int, network: str = "") -> None:
    """A whole look at an asset from one network led to these endpoints and no others: its places elsewhere are
    forgotten after `most` looks.

    A place that never had a verdict is forgotten at once: its name server failed, say, and answers again. Places of the
    kind `aside` are not looked at by rounds. Within a step.
    """
    endpoints = json.dumps(sorted(led_to))
    ledger.execute(
        """UPDATE place_rows SET missed = CASE WHEN endpoint IN (SELECT value FROM json_each(?3)) THEN 0
           ELSE missed + 1 END
           WHERE asset = ?1 AND kind <> ?2 AND network = ?4
           AND (missed > 0 OR endpoint NOT IN (SELECT value FROM json_each(?3)))""",
        asset,
        aside,
        endpoints,
        network,
    )
    gone = ledger.rows(
        """DELETE FROM place_rows WHERE asset = ? AND missed > 0 AND (missed >= ? OR last_conclusive IS NULL)
           AND network = ? RETURNING series""",
        asset,
        most,
        network,
    )
    # What is looked at there again, one day, is put on file anew.
    ledger.executemany("UPDATE series SET same = NULL WHERE head = ?1 OR id = ?1", {(row["series"],) for row in gone})


def last_good(ledger: Ledger, asset: str, endpoint: str, network: str = "") -> dict[tuple[str, str], datetime]:
    """The last conclusive clear look from one network at each place at one endpoint, by kind and place.

    An endpoint where nobody spoke our way was no look at the place, and another endpoint says nothing of this one.
    """
    rows = ledger.rows(
        """SELECT kind, place, last_clear FROM places
           WHERE asset = ? AND endpoint = ? AND network = ? AND why <> 'not-spoken' AND last_clear IS NOT NULL""",
        asset,
        endpoint,
        network,
    )
    return {(row["kind"], row["place"]): when(row["last_clear"]) for row in rows}


def judged_otherwise(ledger: Ledger, asset: str, endpoint: str, network: str = "") -> frozenset[tuple[str, str]]:
    """The kinds and places of which the last look from one network, where the port of a web server's endpoint is spoken
    to in the other way (`https://` for `http://`), was conclusive. That nobody speaks so there either is no look."""
    scheme, _, rest = endpoint.partition("://")
    rows = ledger.rows(
        """SELECT kind, place FROM places
           WHERE asset = ? AND endpoint = ? AND network = ? AND why <> 'not-spoken' AND verdict <> 'unknown'""",
        asset,
        f"{'http' if scheme == 'https' else 'https'}://{rest}",
        network,
    )
    return frozenset((row["kind"], row["place"]) for row in rows)


def unjudged_elsewhere(ledger: Ledger, asset: str, endpoint: str, network: str = "") -> frozenset[tuple[str, str]]:
    """The kinds and places whose last look from one network at another endpoint of the same name and address gave no
    verdict."""
    rows = ledger.rows(
        """SELECT kind, place, endpoint FROM places
           WHERE asset = ? AND endpoint <> ? AND network = ? AND verdict = 'unknown'""",
        asset,
        endpoint,
        network,
    )
    return frozenset((row["kind"], row["place"]) for row in rows if _server(row["endpoint"]) == _server(endpoint))


def _server(endpoint: str) -> tuple[str, str]:
    """The name and the address of a web server's endpoint (`https://nas.example:443@192.0.2.1`), without its port."""
    named, _, address = endpoint.partition("://")[2].rpartition("@")
    return named.rpartition(":")[0], address


def judged(ledger: Ledger, asset: str, kind: str) -> frozenset[str]:
    """The places of one kind that ever had a conclusive verdict, at any endpoint of the asset."""
    rows = ledger.rows(
        "SELECT DISTINCT place FROM places WHERE asset = ? AND kind = ? AND last_conclusive IS NOT NULL", asset, kind
    )
    return frozenset(row["place"] for row in rows)
