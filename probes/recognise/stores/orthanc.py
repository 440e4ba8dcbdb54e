"""What Orthanc answers over HTTP: its counts, its lists of identifiers, its own pages (The Orthanc Book, REST API)."""

from __future__ import annotations

import re

from probes.recognise.stores.web import Held, NotTheStore, as_json, inside, number_of

_IDENTIFIER = re.compile(rb'\s{0,64}"[0-9a-f]{8}(?:-[0-9a-f]{8}){4}"\s{0,64}')
"""A SHA-1 in five groups, as Orthanc names its resources (The Orthanc Book, "Orthanc identifiers")."""
_LISTS = re.compile(r"(.*)/(?:studies|patients)/?")
_EXPLORER = re.compile(r"(.*)/app/explorer\.html")
_EXPLORER_2 = re.compile(r"(.*)/ui/app/(?:index\.html)?")
_TITLE = re.compile(rb"(?i)<title>\s{0,64}Orthanc Explorer(?: 2)?\s{0,64}</title>")
_SCRIPT = re.compile(rb"""(?i)<script [^<>]{0,200}\bsrc=["'](?:\./)?(?:explorer\.js|assets/[\w.-]{1,80}\.js)["']""")
_HEAD = 1 << 16
"""Bytes of a page in which its title and its scripts are looked for."""


def statistics(body: bytes) -> Held:
    """How many studies and patients Orthanc holds (`/statistics`). Raises NotTheStore."""
    told = as_json(body)
    studies, patients = (number_of(inside(told, key)) for key in ("CountStudies", "CountPatients"))
    return Held((("studies", studies), ("patients", patients)), empty=not studies)


def refused(body: bytes) -> bool:
    """Whether Orthanc itself refuses: askers from another machine get 403 and not a word."""
    return not body


def study_list(body: bytes) -> Held:
    """How many studies are listed (`/studies`). Raises NotTheStore."""
    return _identifiers(body, "studies")


def patient_list(body: bytes) -> Held:
    """How many patients are listed (`/patients`). Raises NotTheStore."""
    return _identifiers(body, "patients")


def _identifiers(body: bytes, things: str) -> Held:
    """A list of Orthanc's identifiers, which are counted and dropped. One that breaks off says that there are some, and
    not how many. Raises NotTheStore for any other body."""
    text = body.strip()
    whole = text.endswith(b"]")
    if not text.startswith(b"["):
        raise NotTheStore
    inner = text[1:-1] if whole else text[1:]
    if whole and not inner.strip():
        return Held(empty=True)
    rows = inner.split(b",")
    if not whole:
        rows.pop()
    if not rows or not all(_IDENTIFIER.fullmatch(row) for row in rows):
        raise NotTheStore
    return Held(((things, len(rows)),) if whole else ())


def lists(path: str) -> bool:
    """Whether a path is that of a list of identifiers."""
    return _LISTS.fullmatch(path.partition("?")[0]) is not None


def root_of(path: str, body: bytes) -> str | None:
    """The path below which an Orthanc answers, without a final slash, if this is one of its own pages: the Orthanc
    Explorer (either of the two), a list of its identifiers, or its counts. None for any other page; total."""
    bare = path.partition("?")[0]
    listed, counts = _LISTS.fullmatch(bare), bare.rstrip("/").endswith("/statistics")
    if listed is not None or counts:
        try:
            held = _identifiers(body, "") if listed is not None else statistics(body)
        except NotTheStore:
            return None
        root = listed[1] if listed is not None else bare.rstrip("/").removesuffix("/statistics")
        return None if held.empty else root
    shown = _EXPLORER.fullmatch(bare) or _EXPLORER_2.fullmatch(bare)
    head = body[:_HEAD] if shown is not None else b""
    return shown[1] if shown is not None and _TITLE.search(head) and _SCRIPT.search(head) else None
