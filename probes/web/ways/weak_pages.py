"""Pages that may be anything, and name folders or files: what they name is tried before such a page is called ordinary.

A folder that lists proves that its page is a listing, and so does a recording that a recorder's own list names. Files
that answer do not, since any page may link to files; but neither is such a page positively ordinary.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from urllib.parse import quote

from probes.api import Exposed, WebTarget
from probes.facts import Fact
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.recognise.listing.model import Entry, Kind, Listing, Strength
from probes.recognise.listing.points import SOURCE_TREE
from probes.recognise.listing.structured.text_listing import FAMILY
from probes.recognise.media.kinds import KINDS_OF_DATA, NO_DATA, MediaKind, kind_of_name
from probes.recognise.memo import Memo
from probes.recognise.pages.evidence import speaks
from probes.recognise.pages.held_data import declared_data
from probes.recognise.pages.page_links import below
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.plain import as_text, plain_body
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response
from probes.web._folder_page import PAGE, any_listing_in, listing_in
from probes.web._outcome import MOST_REMEMBERED, Closed, Undecided, digest_of, unserved
from probes.web.proof.canary import file_canary
from probes.web.proof.file import Opened, first_bytes, opens
from probes.web.proof.listing import prove
from probes.web.proof.witness import Beside, Witness, find_witness

_UNASKED = Beside(NoAnswer(NoAnswerReason.NOT_ASKED), "")


def weak_folders(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of a page of links to folders alone, of which the last lists itself; None where it does not.

    Menus look alike, so one request is spent on such a page, and only a folder that lists is believed. Rows of folders
    with dates are followed further down.
    """
    found = any_listing_in(target, path, page)
    if found is None or found.files:
        return None
    # A folder that is declared has a verdict of its own, and may be public.
    others = [entry for entry in found.directories if entry.path not in target.paths]
    if not others:
        return None
    tried = replace(found, entries=(others[-1],))

    def read(target: WebTarget, asked: str, answer: Answer) -> Listing | None:
        if asked == path:
            return any_listing_in(target, asked, answer)
        return listing_in(target, asked, answer) or _dated_folders(any_listing_in(target, asked, answer))

    witness = yield from find_witness(target, path, tried, _UNASKED, read)
    if not isinstance(witness, Witness) or all(one.strength is Strength.WEAK for one in witness.inside):
        return None
    result = yield from prove(target, path, page, tried, Request("GET", path, PAGE), facts, read)
    return result if isinstance(result, Exposed) else None


def _dated_folders(found: Listing | None) -> Listing | None:
    """The last of the rows of a page that holds folders with their dates alone; None for any other."""
    if found is None or found.files or not all(one.modified is not None for one in found.directories):
        return None
    return replace(found, entries=found.directories[-1:]) if found.directories else None


def weak_files(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """What a page without a sentence is that shows names of recordings, documents or backups.

    Exposed on an asset that is declared to hold such data, where its rows carry sizes or dates, or where it is nothing
    but names, and a file of it answers. Undecided where it is any other page of such names. On an asset of static files
    a page may name what it likes.
    """
    found = any_listing_in(target, path, page)
    if found is None or target.data == "static":
        return None
    kept = target.data in KINDS_OF_DATA
    # Somebody may show what a folder holds, and say what it is; what is written about folders looks alike.
    told = kept and found.family == FAMILY and all(one.size or one.modified for one in found.files)
    speaks_beside = _speaks_beside(page, found)
    if speaks_beside and not told:
        return None
    files = [entry for entry in found.files if kind_of_name(entry.name) not in NO_DATA]
    if files and all(SOURCE_TREE.search(entry.path) for entry in files):
        # What a program publishes is for everybody.
        return None
    tries = [place for entry in dict.fromkeys((*files[-1:], *files[:1])) for place in _places(path, entry)]
    for number, place in enumerate(tries, 1):
        came = yield from opens(target, place, f"{path}{{file {number}}}")
        if isinstance(came, Opened) or (told and (yield from _is_kept_back(target, place, came, f"{path}{{canary}}"))):
            break
    else:
        refused = Undecided(UndecidedReason.ENTRY_REFUSED, "names of files, and what was tried of them does not answer")
        return refused if len(files) > 1 and not speaks_beside else None
    rows = found.family == "text" or all(_in_a_row(entry, path) for entry in files)
    # On other assets a page may offer files for download, in rows or not.
    if rows and kept:
        listing = replace(found, entries=(*found.directories, *files))
        proven = yield from prove(target, path, page, listing, Request("GET", path, PAGE), facts, any_listing_in)
        if isinstance(proven, Exposed):
            return proven
    return Undecided(UndecidedReason.ENTRY_UNPROVEN, "a page of names, which may be no listing, and a file answers")


def _is_kept_back(target: WebTarget, place: str, came: Closed | Undecided, said: str) -> Generator[Ask, Reply, bool]:
    """Whether a file is there and refused: a name that cannot exist beside it is missing."""
    if not isinstance(came, Closed) or came.why is ClosedReason.NOT_FOUND:
        return False
    beside = unserved((yield from first_bytes(file_canary(place, target.nonce), said)))
    return isinstance(beside, Closed) and beside.why is ClosedReason.NOT_FOUND


def declared_data_in(target: WebTarget, page: Response) -> Undecided | None:
    """What keeps a page from being ordinary on an asset that is declared to hold recordings, patient or personal data
    or backups: it shows such data itself. None on any other asset, and for a page that shows none."""
    if target.data not in KINDS_OF_DATA:
        return None
    key = digest_of(page, target.data)
    why = _shown.get(key, lambda: declared_data(as_text(plain_body(page.body)), target.data), 1)
    return Undecided(UndecidedReason.MEANING_UNKNOWN, why) if why else None


_shown: Memo[bytes, str] = Memo(MOST_REMEMBERED)
"""What a page shows, in our own words: most pages are the same in every round."""


def _places(folder: str, entry: Entry) -> tuple[str, ...]:
    """Where a file may be: where its link leads, and below the folder, if a proxy took a prefix out of the links."""
    moved = folder.endswith("/") and "?" not in entry.path and not entry.path.startswith(folder)
    return (entry.path, below(folder, entry.name)) if moved else (entry.path,)


def _speaks_beside(page: Response, listing: Listing) -> bool:
    """Whether the page has sentences beside its names, which have full stops in them as sentences do."""
    text = as_text(page.body)
    # The rows of a text are no sentences, however many words they have: an owner, a month, a full stop in each name.
    parts = read_page(_outside_texts(text) if listing.family == FAMILY else text)
    names = {word for entry in listing.entries for word in entry.name.lower().split()}
    return speaks(replace(parts, text=" ".join(word for word in parts.text.split() if word not in names)))


_PREFORMATTED = re.compile(r"(?i)(</?pre\b)")


def _outside_texts(text: str) -> str:
    """A page without its preformatted texts; a text that is no page as it is. Total, linear time."""
    kept, inside = [], False
    for piece in _PREFORMATTED.split(text):
        if piece[:1] == "<" and piece[1:].lower() in {"pre", "/pre"}:
            inside = piece[1] != "/"
        elif not inside:
            kept.append(piece)
    return " ".join(kept)


def _in_a_row(entry: Entry, folder: str) -> bool:
    below = entry.path.startswith(folder) and "/" not in entry.path[len(folder) :]
    return below and (entry.size is not None or entry.modified is not None)


_RECORDER = "/recapi?filedir="
_BETWEEN = re.compile(r"[\s,;\"]+")


def recorder_list(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Closed | Undecided | None]:
    """What Grandstream's recorder shows of a folder: names of recordings, each of which it hands out by `filename`.

    None where the answer is no such list. Source: the vendor's guide to its CDR and REC interface."""
    listing = _recorder_listing(target, path, page)
    if listing is None:
        return None
    return (yield from prove(target, path, page, listing, Request("GET", path, PAGE), facts, _recorder_listing))


def _recorder_listing(_: WebTarget, asked: str, answer: Answer) -> Listing | None:
    if not asked.startswith(_RECORDER) or not isinstance(answer, Response) or answer.status != 200:
        return None
    words = [word for word in _BETWEEN.split(as_text(answer.body)) if word]
    names = [word.rpartition("@")[2] for word in words]
    named = [name for name in dict.fromkeys(names) if kind_of_name(name) is MediaKind.AUDIO and "/" not in name]
    # A header or a date may stand beside the names, and little else.
    if not named or 2 * len(named) < len(words):
        return None
    entries = tuple(Entry(name, f"{asked}&filename={quote(name, safe='')}", Kind.FILE) for name in named)
    partial = "" if answer.ending is Ending.WHOLE else "cut short"
    return Listing("recapi", entries, partial, ("names of recordings, as the recorder lists them",), Strength.LIKELY)
