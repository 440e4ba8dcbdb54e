"""How a product is looked at whose things have rights of their own: the list of them, and each that its owner names."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeGuard
from urllib.parse import quote, unquote

from probes.api import Clear, Dialogue, ServiceTarget, Unknown, Verdict
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.stores.web import Held, NotTheStore
from probes.requests.http import Ask, NoAnswer, Reply, Request, one
from probes.services.web.frame import WebStore, looked

_MOST = 8
_REFUSALS = (ClosedReason.LOGIN_DEMANDED, ClosedReason.DENIED)


def _by_canary(root: Clear, missing: bool) -> bool:
    return missing


@dataclass(frozen=True, slots=True)
class Inside:
    """What is asked of one thing in a product: `{name}` in a path is its name, `{nonce}` is chance."""

    path: str
    read: Callable[[bytes], Held]
    """Raises NotTheStore."""
    canary: str
    missing: Callable[[int, bytes], bool]
    """Raises NotTheStore."""
    lets_in: Callable[[Clear, bool], bool] = _by_canary
    """Whether strangers, to whom the list is refused, may be given single things: from that verdict, and from whether
    they are told that a thing which cannot exist is missing."""
    entrance: str = ""
    """A path that answers 200 to whoever is let in; a list that is refused beside it is not the product's refusal."""


def with_names(store: WebStore, inside: Inside) -> Callable[[ServiceTarget], Dialogue]:
    """The look at a product, and at each of its things that is declared or was once seen open."""

    def look(target: ServiceTarget) -> Dialogue:
        """Ask for the list, and for each declared thing: the list may be refused while they are given."""
        known = (one.path.strip("/") for one in target.known if one.kind == store.kind)
        names = [name for name in dict.fromkeys((*known, *(name.strip("/") for name in target.names))) if name]
        root = yield from looked(store, target, target.place("/"))
        verdicts: list[Verdict] = []
        for name in names[:_MOST]:
            path = quote(unquote(name), safe="/-._~")
            here = replace(
                store, path=inside.path.format(name=path), read=inside.read, canary=inside.canary,
                missing=inside.missing, more=None, unclaimed=None, instead=(), base=True,
            )  # fmt: skip
            verdicts.append((yield from looked(here, target, target.place(f"/{path}/"))))
        if _is_refused(root) and not (names and all(map(_is_refused, verdicts))):
            let_in = (yield from _is_entered(inside)) or (
                not names and inside.lets_in(root, (yield from _is_told(target, inside)))
            )
            if let_in:
                why = f"strangers are answered, and shown no list: declare {_WHAT[store.kind]} under names"
                root = Unknown(root.place, store.kind, UndecidedReason.NAME_NEEDED, why, root.facts)
        return (root, *verdicts)

    return look


def _is_refused(verdict: Verdict) -> TypeGuard[Clear]:
    return isinstance(verdict, Clear) and verdict.why in _REFUSALS


def _is_entered(inside: Inside) -> Generator[Ask, Reply, bool]:
    """Whether the entrance answers a stranger."""
    if not inside.entrance:
        return False
    told = yield from one(Request("GET", inside.entrance, 16_384))
    return not isinstance(told, NoAnswer) and told.status == 200


def _is_told(target: ServiceTarget, inside: Inside) -> Generator[Ask, Reply, bool]:
    """Whether a stranger is told that something which cannot exist is missing."""
    told = yield from one(Request("GET", inside.canary.format(nonce=target.nonce), 16_384))
    if isinstance(told, NoAnswer):
        return False
    try:
        return inside.missing(told.status, told.body)
    except NotTheStore:
        return False


_WHAT = {"registry": "repositories", "couchdb": "databases", "solr": "cores", "webhdfs": "folders"}
