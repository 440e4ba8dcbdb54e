"""The parts of a page that lead around the site: what they link to is no entry."""

from __future__ import annotations

from collections.abc import Iterable

from probes.recognise.listing.html.markup import VOID, Token

_SKIPPED_CLASSES = {"breadcrumb", "breadcrumbs", "crumbs", "sidebar"}


def visible(source: Iterable[Token]) -> list[Token]:
    """The tokens without navigation: `nav`, breadcrumbs and side bars hold links that are no entries."""
    run = list(source)
    kept: list[Token] = []
    skipping, depth, started = "", 0, 0
    held: list[Token] = []
    for at, token in enumerate(run):
        if skipping:
            held.append(token)
            if token.name == skipping:
                depth += -1 if token.closing else 1
                if depth == 0:
                    skipping, held = "", []
            continue
        if token.name and not token.closing and token.name not in VOID and _navigation(token):
            skipping, depth, started, held = token.name, 1, at, [token]
            continue
        kept.append(token)
    if skipping and started < len(run) - 1:
        # Never closed: then it is not known where it ends, and a listing may stand in it.
        kept.extend(held[1:])
    return kept


def _navigation(token: Token) -> bool:
    if token.name == "nav":
        return True
    if token.name not in {"div", "ul", "ol", "p", "aside", "section"} or not token.raw:
        return False
    low = token.raw.lower()
    if "crumb" not in low and "sidebar" not in low:
        return False
    attributes = token.attributes
    return bool(_SKIPPED_CLASSES & set(attributes.get("class", "").lower().split())) or (
        attributes.get("id", "").lower() in _SKIPPED_CLASSES
    )
