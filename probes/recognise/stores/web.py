"""What data stores answer over HTTP: what each product says that it holds, that something is missing, and no."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Counts: TypeAlias = tuple[tuple[str, int], ...]
"""Things and how many of them there are; the first is what the store is about."""

_HEX = frozenset("0123456789abcdef")


class NotTheStore(ValueError):
    """A body that is not the store's own."""


class Withheld(ValueError):
    """The store's own answer to those who may see nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a store says that it holds; the names are counted and dropped."""

    counts: Counts = ()
    empty: bool = False


def as_json(body: bytes) -> object:
    """The value of a body in JSON. Raises NotTheStore."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotTheStore from error


def inside(told: object, *keys: str) -> object:
    """What stands below these keys; None where there is nothing."""
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told


def number_of(told: object) -> int:
    """A count as stores tell it. Raises NotTheStore for anything else."""
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told < 10**18:
        raise NotTheStore
    return told


def rows_of(told: object, *, each: Callable[[object], bool]) -> list[object]:
    """A list whose rows are all as they should be. Raises NotTheStore."""
    if not isinstance(told, list) or not all(each(row) for row in told):
        raise NotTheStore
    return told


def has(*keys: str) -> Callable[[object], bool]:
    """Whether a row has a text under each of these keys."""
    return lambda row: all(isinstance(inside(row, key), str) for key in keys)


def _is_text(row: object) -> bool:
    return isinstance(row, str)


def indices(body: bytes) -> Held:
    """The list of indices of Elasticsearch or OpenSearch (`_cat/indices`). Raises NotTheStore."""
    if body[:1] != b"[":
        return _indices_in_columns(body)
    rows = rows_of(as_json(body), each=lambda row: has("index")(row) and isinstance(row, dict) and "docs.count" in row)
    documents = 0
    for row in rows:
        count = inside(row, "docs.count")
        # A closed index has no count.
        documents += (
            int(count) if isinstance(count, str) and count.isascii() and count.isdigit() and len(count) < 19 else 0
        )
    return Held((("documents", documents), ("indices", len(rows))), empty=not rows)


_COLUMNS = re.compile(rb"[^\s\"<>{}\[\],]+ +(\d{0,18}) *")


def _indices_in_columns(body: bytes) -> Held:
    """The same as releases before 5 write it, which know no other form: a line each. Raises NotTheStore."""
    lines = [_COLUMNS.fullmatch(line) for line in body.splitlines()]
    documents = 0
    for line in lines:
        if line is None:
            raise NotTheStore
        documents += int(line[1] or 0)
    return Held((("documents", documents), ("indices", len(lines))), empty=not lines)


def no_index(status: int, body: bytes) -> bool:
    """Whether an index is missing, in the store's own words. Raises NotTheStore."""
    told = as_json(body)
    words = inside(told, "error")
    if isinstance(words, str):  # version 1 says it in words
        return status == 404 and inside(told, "status") == 404 and words.startswith("IndexMissingException[")
    return status == 404 and inside(told, "error", "type") == "index_not_found_exception"


def searchable(body: bytes) -> Held:
    """How many documents a search of Elasticsearch finds in what strangers may read (`_search?size=0`): indices that
    they may not read are left out of it. Raises NotTheStore, and Withheld where nothing may be searched."""
    told = as_json(body)
    total = inside(told, "hits", "total")
    number = number_of(inside(total, "value") if isinstance(total, dict) else total)
    if not number_of(inside(told, "_shards", "total")):
        raise Withheld
    return Held((("documents", number),), empty=not number)


def searched(status: int, body: bytes) -> Held | None:
    """The same of any answer; None where a search is refused or finds nothing. Raises NotTheStore."""
    try:
        found = searchable(body) if status == 200 else None
    except Withheld:
        return None
    return None if found is None or found.empty else found


def no_search(status: int, body: bytes) -> bool:
    """Whether an index is missing, or not to be searched. Raises NotTheStore."""
    return no_index(status, body) or (status in (401, 403) and refusal(body))


def containers(body: bytes) -> Held:
    """Whether Docker lists containers, of which one is asked for. Raises NotTheStore."""

    def container(row: object) -> bool:
        number = inside(row, "Id")
        return isinstance(number, str) and len(number) == 64 and _HEX.issuperset(number)

    return Held(empty=not rows_of(as_json(body), each=container))


def no_container(status: int, body: bytes) -> bool:
    """Whether a container is missing, in the words of Docker, in JSON or as text alone, or of Podman."""
    return status == 404 and b"no such container" in body.lower()


def images(body: bytes) -> Held:
    """Whether Docker lists images. Raises NotTheStore."""

    def image(row: object) -> bool:
        number = inside(row, "Id")
        return isinstance(number, str) and _HEX.issuperset(number.removeprefix("sha256:")) and len(number) >= 64

    return Held(empty=not rows_of(as_json(body), each=image))


def no_image(status: int, body: bytes) -> bool:
    """Whether an image is missing, in the words of Docker, or is not told of by what stands before it."""
    return status == 403 or (status == 404 and b"no such image" in body.lower())


def info_of_docker(body: bytes) -> Held:
    """Whether Docker tells of its machine and what runs on it. Raises NotTheStore."""
    told = as_json(body)
    running = number_of(inside(told, "Containers")) + number_of(inside(told, "Images"))
    return Held(empty=not running)


def not_served(status: int, body: bytes) -> bool:
    """Whether a server has nothing at a path, or refuses it as one before it does."""
    return status in (401, 403, 404)


def version_of_docker(status: int, body: bytes) -> Held | None:
    """Whether Docker tells its version, as it does to whoever reaches it. Raises NotTheStore."""
    told = as_json(body)
    if status != 200 or not isinstance(inside(told, "ApiVersion"), str):
        return None
    return Held()


def series(body: bytes) -> Held:
    """How many series Prometheus holds (`/api/v1/status/tsdb`). Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "status") != "success":
        raise NotTheStore
    number = number_of(inside(told, "data", "headStats", "numSeries"))
    return Held((("series", number),), empty=not number)


def jobs(body: bytes) -> Held:
    """The jobs that Prometheus asks, from any release of it (`/api/v1/label/job/values`). Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "status") != "success":
        raise NotTheStore
    return Held(empty=not rows_of(inside(told, "data"), each=_is_text))


def no_label(status: int, body: bytes) -> bool:
    """Whether Prometheus knows no value of a label, in its own form. Raises NotTheStore."""
    told = as_json(body)
    return status == 200 and inside(told, "status") == "success" and inside(told, "data") == []


def refusal(body: bytes) -> bool:
    """Whether the store itself refuses a stranger, and not something in front of it. Raises NotTheStore."""
    told = as_json(body)
    message = inside(told, "message")
    return inside(told, "error", "type") == "security_exception" or (
        isinstance(message, str) and message.startswith("authorization denied by plugin")
    )


def databases_of_couchdb(body: bytes) -> Held:
    """The names of databases (`_all_dbs`); CouchDB's own begin with `_`. Raises NotTheStore."""
    names = rows_of(as_json(body), each=_is_text)
    number = sum(not str(name).startswith("_") for name in names)
    return Held((("databases", number),), empty=not number)


def documents_of_couchdb(body: bytes) -> Held:
    """How many documents one database of CouchDB holds (`_all_docs?limit=0`). Raises NotTheStore."""
    told = as_json(body)
    if inside(told, "rows") != []:
        raise NotTheStore
    number = number_of(inside(told, "total_rows"))
    return Held((("documents", number),), empty=not number)


def everybody_is_admin(status: int, body: bytes) -> Held | None:
    """Of CouchDB's session, whether nobody was made administrator, so that everybody is (`_session`)."""
    roles = inside(as_json(body), "userCtx", "roles")
    return Held(empty=True) if status == 200 and isinstance(roles, list) and "_admin" in roles else None


def error_is(*codes: str) -> Callable[[int, bytes], bool]:
    """Whether a 404 names one of these under `error`."""
    return lambda status, body: status == 404 and inside(as_json(body), "error") in codes


def refused_as(*codes: str) -> Callable[[bytes], bool]:
    """Whether a refusal names one of these under `error`."""
    return lambda body: inside(as_json(body), "error") in codes


_CLICKHOUSE_ITS_OWN = frozenset({"system", "default", "INFORMATION_SCHEMA", "information_schema"})


def databases_of_clickhouse(body: bytes) -> Held:
    """The answer to SHOW DATABASES, a name a line. Raises NotTheStore."""
    names = body.decode("utf-8", "replace").splitlines()
    if "system" not in names or any("\t" in name or "<" in name for name in names):
        raise NotTheStore
    number = sum(name not in _CLICKHOUSE_ITS_OWN for name in names)
    return Held((("databases", number),), empty=not number)


def no_database_of_clickhouse(status: int, body: bytes) -> bool:
    """Whether ClickHouse says that it has no such database."""
    return status == 404 and re.match(rb"Code: 81[.,]", body) is not None


def refused_by_clickhouse(body: bytes) -> bool:
    """Whether ClickHouse demands a password, or grants nothing."""
    return re.match(rb"Code: (?:192|193|194|195|497|516)[.,]", body) is not None


def databases_of_influxdb(body: bytes) -> Held:
    """The answer to SHOW DATABASES. Raises NotTheStore."""
    results = inside(as_json(body), "results")
    first = results[0] if isinstance(results, list) and len(results) == 1 else None
    found = inside(first, "series")
    table = found[0] if isinstance(found, list) and len(found) == 1 else None
    if inside(table, "name") != "databases":
        raise NotTheStore
    values = inside(table, "values") or []
    rows = rows_of(values, each=lambda row: isinstance(row, list) and len(row) == 1 and isinstance(row[0], str))
    number = sum(row != ["_internal"] for row in rows)
    return Held((("databases", number),), empty=not number)


def no_database_of_influxdb(status: int, body: bytes) -> bool:
    """Whether InfluxDB shows nothing of a database. Raises NotTheStore."""
    results = inside(as_json(body), "results")
    return (
        status == 200 and isinstance(results, list) and len(results) == 1 and isinstance(results[0], dict)
        and "series" not in results[0]
    )  # fmt: skip


def influxdb_has_no_admin(body: bytes) -> bool:
    """Whether logins are demanded while nobody was made administrator. Raises NotTheStore."""
    return "create admin user first" in str(inside(as_json(body), "error"))


def refused_by_influxdb(body: bytes) -> bool:
    """Whether InfluxDB demands a login. Raises NotTheStore."""
    told = as_json(body)
    error = str(inside(told, "error"))
    return inside(told, "code") == "unauthorized" or "authentication" in error or error.startswith("error authorizing")


def influxdb_is_unclaimed(body: bytes) -> Held:
    """Whether whoever comes becomes the administrator of an InfluxDB 2 (`/api/v2/setup`). Raises NotTheStore, and
    Withheld where somebody has set it up."""
    match inside(as_json(body), "allowed"):
        case True:
            return Held(empty=True)
        case False:
            raise Withheld
        case _:
            raise NotTheStore
