"""What data stores answer over HTTP, in JSON: Elasticsearch, Docker and Prometheus."""

from __future__ import annotations

import json
from typing import TypeAlias

Counts: TypeAlias = tuple[tuple[str, int], ...]
"""Things and how many of them there are; the first is what the store is about."""

_HEX = frozenset("0123456789abcdef")


class NotTheStore(ValueError):
    """A body that is not the store's own."""


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotTheStore from error


def _inside(told: object, *keys: str) -> object:
    """What stands below these keys; None where there is nothing."""
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told


def indices(body: bytes) -> Counts:
    """The list of indices of Elasticsearch or OpenSearch (`_cat/indices`). Raises NotTheStore."""
    rows = _json(body)
    if not isinstance(rows, list):
        raise NotTheStore
    documents = 0
    for row in rows:
        count = _inside(row, "docs.count")
        if not isinstance(_inside(row, "index"), str) or not isinstance(row, dict) or "docs.count" not in row:
            raise NotTheStore
        # A closed index has no count.
        documents += (
            int(count) if isinstance(count, str) and count.isascii() and count.isdigit() and len(count) < 19 else 0
        )
    return ("documents", documents), ("indices", len(rows))


def no_index(body: bytes) -> bool:
    """Whether an index is missing, in the store's own words. Raises NotTheStore."""
    return _inside(_json(body), "error", "type") == "index_not_found_exception"


def containers(body: bytes) -> Counts:
    """Whether Docker lists containers, of which one is asked for. Raises NotTheStore."""
    rows = _json(body)
    if not isinstance(rows, list):
        raise NotTheStore
    for row in rows:
        number = _inside(row, "Id")
        if not isinstance(number, str) or len(number) != 64 or not _HEX.issuperset(number):
            raise NotTheStore
    return ()


def no_container(body: bytes) -> bool:
    """Whether a container is missing, in Docker's own words. Raises NotTheStore."""
    message = _inside(_json(body), "message")
    return isinstance(message, str) and message.startswith("No such container")


def series(body: bytes) -> Counts:
    """How many series Prometheus holds (`/api/v1/status/tsdb`). Raises NotTheStore."""
    told = _json(body)
    number = _inside(told, "data", "headStats", "numSeries")
    if _inside(told, "status") != "success" or not isinstance(number, int) or isinstance(number, bool):
        raise NotTheStore
    if not 0 <= number < 10**18:
        raise NotTheStore
    return (("series", number),)


def no_label(body: bytes) -> bool:
    """Whether Prometheus knows no value of a label, in its own form. Raises NotTheStore."""
    told = _json(body)
    return _inside(told, "status") == "success" and _inside(told, "data") == []


def refused(body: bytes) -> bool:
    """Whether the store itself refuses a stranger, and not something in front of it."""
    try:
        told = _json(body)
    except NotTheStore:
        return False
    message = _inside(told, "message")
    return _inside(told, "error", "type") == "security_exception" or (
        isinstance(message, str) and message.startswith("authorization denied by plugin")
    )
