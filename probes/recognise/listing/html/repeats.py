"""Pages without tables, preformatted text or lists, as rows all the same: by elements that repeat, or by lines."""

from __future__ import annotations

from probes.recognise.listing.html.blocks import OpenBlock
from probes.recognise.listing.html.markup import Token
from probes.recognise.listing.html.row.cells import Block


def repeated(run: list[Token], tag: str, name: str) -> Block:
    """The page as rows that each begin at an element `tag` of class `name`, as scripts without tables build them."""
    block = Block("rows", {"class": name})
    opened = OpenBlock(block)
    depth = 0
    for token in run:
        if token.name == tag:
            if token.closing:
                depth -= depth > 0
                if depth == 0:
                    opened.end_row()
                    continue
            elif depth == 0 or name in token.attributes.get("class", "").lower().split():
                if name not in token.attributes.get("class", "").lower().split():
                    continue
                opened.end_row()
                opened.begin_row(token)
                opened.begin_cell(token)
                depth = 1
                if tag == "a":
                    opened.tag(token)
                continue
            else:
                depth += 1
        if depth == 0:
            continue
        if not token.name:
            opened.text(token.text)
        else:
            if token.name in {"div", "td", "p", "br", "li"}:
                opened.text(" ")
            opened.tag(token)
    opened.end_row()
    return block


def lines(run: list[Token]) -> Block:
    """The page as lines between breaks, paragraphs, divisions and rules."""
    block = Block("lines", {})
    opened = OpenBlock(block)
    for token in run:
        if token.name in _BREAKS or token.name in {
            "script",
            "style",
            "title",
            "head",
            "html",
            "body",
            "textarea",
            "select",
            "option",
        }:
            opened.end_row()
        elif token.name:
            if opened.cell is None and not token.closing:
                opened.begin_row(token)
                opened.begin_cell(Token("", ""))
            opened.tag(token)
        elif opened.cell is not None or token.raw.strip():
            if opened.cell is None:
                opened.begin_row(token)
                opened.begin_cell(Token("", ""))
            opened.text(token.text)
    opened.finish()
    return block


def run(tokens: list[Token]) -> Block:
    """The page as one row, to be taken apart by its links: for pages that part them by nothing, or by anything."""
    block = Block("links", {})
    opened = OpenBlock(block)
    opened.begin_row(Token("", ""))
    opened.begin_cell(Token("", ""))
    unread = False
    for token in tokens:
        if not token.name:
            if not unread:
                opened.text(token.text)
            continue
        unread = token.name in _UNSHOWN and not token.closing
        if token.name not in _UNSHOWN:
            if token.name in _BREAKS or token.name == "td":
                opened.text(" ")
            opened.tag(token)
    opened.finish()
    return block


_UNSHOWN = {"script", "style", "title", "textarea", "select", "option", "template"}
_BREAKS = {
    "br",
    "p",
    "div",
    "hr",
    "li",
    "tr",
    "table",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "footer",
    "form",
    "dl",
    "dt",
    "dd",
    "center",
    "pre",
    "blockquote",
}
