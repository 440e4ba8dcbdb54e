"""What one answer to a folder's path means, before any proof: a listing to be proven, or a verdict with its reason."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TypeAlias

from probes.api import WebTarget
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.complaints import complains, wants_login
from probes.recognise.listing.fields.queries import acts, commands, parameters
from probes.recognise.listing.model import Listing
from probes.recognise.listing.unchanged import recognise_again
from probes.recognise.memo import Found, Memo
from probes.recognise.pages.evidence import speaks
from probes.recognise.pages.held_data import private
from probes.recognise.pages.page_kind import Page, PageKind
from probes.recognise.pages.page_parts import PageParts, read_page
from probes.recognise.pages.plain import as_text
from probes.recognise.pages.script_loads import loaded_addresses
from probes.requests.http import Answer, Ending, Response
from probes.web._outcome import (
    MOST_REMEMBERED,
    REFUSALS,
    Closed,
    Undecided,
    digest_of,
    page_of,
    telling_of,
    unserved,
)
from probes.web.proof.canary import fails, healthy, same

PAGE = 1 << 20
"""Bytes of a folder's page that are read: about 4,000 rows of the widest table, or 10,000 plain ones."""

Reading: TypeAlias = Listing | Closed | Undecided

_UNREAD = {
    PageKind.SHELL: UndecidedReason.DRAWN_BY_SCRIPT,
    PageKind.LEADS_ELSEWHERE: UndecidedReason.REDIRECTED,
    PageKind.CLICK_THROUGH: UndecidedReason.CLICK_THROUGH,
    PageKind.BUCKET_LIST: UndecidedReason.MEANING_UNKNOWN,
    PageKind.DATA: UndecidedReason.MEANING_UNKNOWN,
    PageKind.NO_TEXT: UndecidedReason.BODY_UNREADABLE,
    PageKind.BROKEN_OFF: UndecidedReason.BODY_BROKEN,
}
"""Pages that say nothing of the folder, and the reason that they give."""


def listing_in(target: WebTarget, path: str, answer: Answer) -> Listing | None:
    """The listing that an answer holds, if it holds one (even when its body broke off: rows are rows)."""
    found = any_listing_in(target, path, answer)
    return found if found is not None and found.claimed else None


def any_listing_in(target: WebTarget, path: str, answer: Answer) -> Listing | None:
    """As `listing_in`, weak structure included: links that are worth trying, on a page that may be anything."""
    if not isinstance(answer, Response) or not answer.body or answer.ending in (Ending.BOMB, Ending.UNREADABLE):
        return None
    url, whole, telling = target.url(path), answer.ending is Ending.WHOLE, telling_of(answer)

    def read() -> Listing | None:
        found = recognise_again(answer.body, url, telling, answer.status, whole)
        return found if isinstance(found, Listing) else None

    return _listings.get(digest_of(answer, url, telling, answer.status, whole), read)


_listings: Found[bytes, Listing] = Found(MOST_REMEMBERED)
_waiting: Memo[bytes, bool] = Memo(MOST_REMEMBERED)


def read_folder(target: WebTarget, path: str, answer: Answer, canary: Answer, canary_path: str) -> Reading:
    """What the answer to `path` means, next to the answer to a canary in the same folder."""
    if not isinstance(answer, Response):
        return unserved(answer) or Undecided(answer.why, answer.detail)
    listing = listing_in(target, path, answer)
    if listing is not None and (listing.entries or answer.ending is not Ending.BROKEN):
        return listing
    if answer.status == 421 and target.name is None:
        # By its address alone it serves nothing; by a name, another connection may be answered (RFC 9110, 15.5.20).
        return Closed(ClosedReason.FORBIDDEN)
    by_name = target.name is not None and path in ("/", *target.declared)
    if by_name and answer.status == 404 and _OF_UPNP.search(answer.headers.get("server")):
        why = "a UPnP server, which answers by its address alone"
        return Undecided(UndecidedReason.FILTERED, why)
    return _no_listing(path, answer, canary, canary_path)


_OF_UPNP = re.compile(r"(?i)\bupnp/[12]")
"""How a server of UPnP calls itself (Device Architecture 1.0, 1.2.2). Against DNS rebinding such servers (MiniDLNA)
say of any name that nothing is there, and show what they keep to whoever asks by the address."""


def _no_listing(path: str, answer: Response, canary: Answer, canary_path: str) -> Closed | Undecided:
    told = page_of(answer)
    nothing = unserved(answer, told)
    if isinstance(nothing, Closed) and nothing.why is ClosedReason.NOT_FOUND and not healthy(canary):
        return Undecided(UndecidedReason.CANARY_FAILED, "not found, but the server does not answer a canary in order")
    if nothing is not None:
        return nothing
    if answer.status == 200:
        return _ordinary(path, answer, canary, canary_path, told)
    if answer.status == 405:
        return Closed(ClosedReason.VERB_REFUSED)
    if (
        answer.status in _SERVES_NOTHING
        and isinstance(canary, Response)
        and (canary.status in REFUSALS or (canary.status == answer.status and complains(answer.body)))
    ):
        return Closed(ClosedReason.FORBIDDEN)
    return Undecided(UndecidedReason.STATUS_UNEXPECTED, f"status {answer.status}")


_SERVES_NOTHING = frozenset({400, 402, 406, 409, 415, 422, 451})
"""Answers that serve no folder, where the same server tells by a refusal of the canary that it knows what is there, or
is an interface that complains of both requests in its own words."""


def _ordinary(path: str, answer: Response, canary: Answer, canary_path: str, told: Page) -> Closed | Undecided:
    match answer.ending:
        case Ending.BROKEN:
            return Undecided(UndecidedReason.BODY_BROKEN, "the body broke off, and what came is no listing")
        case Ending.BOMB:
            return Undecided(UndecidedReason.BODY_TOO_LARGE, "the body unpacks to far more than it should")
        case Ending.UNREADABLE:
            return Undecided(UndecidedReason.BODY_UNREADABLE, "the body is packed in a way that we did not ask for")
        case Ending.CUT:
            return Undecided(UndecidedReason.BODY_TOO_LARGE, "no listing in what was read, and there is more")
        case Ending.WHOLE:
            pass
    if told.kind in (PageKind.LOGIN_WALL, PageKind.ORDINARY) and _waits(answer):
        told = replace(told, kind=PageKind.SHELL, why="its own script loads the rows")
    if told.kind is PageKind.LOGIN_WALL:
        return Closed(ClosedReason.LOGIN_WALL)
    note = told.kind is PageKind.DATA and answer.body.lstrip()[:1] == b"<"
    if (note or told.kind is PageKind.ORDINARY) and wants_login(answer.body):
        # Interfaces of one address (GraphQL) say so with a status of success, of what cannot exist as well.
        return Closed(ClosedReason.LOGIN_DEMANDED)
    if same(answer, path, canary, canary_path):
        if told.kind is PageKind.SOFT_404:
            # The same page for both that says "not found": this is how the server says so.
            return Closed(ClosedReason.NOT_FOUND)
        if told.kind is PageKind.DEFAULT_PAGE:
            # A server that knows no such host shows it for every path: it serves nothing under this name.
            return Closed(ClosedReason.NO_LISTING)
        return Undecided(UndecidedReason.CATCH_ALL, "a path that cannot exist is answered with the same page")
    if not (healthy(canary) or fails(canary)):
        return Undecided(UndecidedReason.CANARY_FAILED, "the server does not answer a canary in order")
    # Clear needs a page that is positively ordinary: what could not be read says nothing of the folder.
    return Undecided(_UNREAD[told.kind], told.why) if told.kind in _UNREAD else Closed(ClosedReason.NO_LISTING)


def comes_back(answer: Response, *paths: str) -> bool:
    """Whether a page to click through comes back to one of `paths`, which then shows what it hides: its form goes
    there, it names that path, or a script sends the form, as challenges do. Any other leads to a place of its own, as
    an age check at a front door does."""
    where = page_of(answer).form.partition("?")[0].partition("#")[0]
    return (
        not where
        or b".submit(" in answer.body
        or any(
            posixpath.join(path, where) == path.lower() or (path != "/" and path.encode() in answer.body)
            for path in paths
        )
    )


_ROWS = r"(?:file|folder|dir|directory|directorie|(?:file|dir)?list|listing|entrie|recording|document|tree|browser?)s?"
_LOADS = re.compile(r"\bfetch\s*\(|\baxios\b|\bXMLHttpRequest\b|\$\.(?:get|getJSON|ajax)\b")
# An address as a text of the script: a path that names rows, or the page's own address with another query.
_ADDRESS = re.compile(
    rf"""["'`](?:https?://[^/"'`\s]{{1,100}})?/?(?:[\w.~-]{{1,40}}/){{0,6}}{_ROWS}(?:\.\w{{2,4}})?/?(?:\?[^"'`\s]{{0,80}}|\$\{{[^"'`]{{0,80}})?["'`]"""
    r"""|\blocation(?:\.(?:pathname|href))?\s*\+\s*["'`]\?""",
    re.IGNORECASE,
)
# An element that holds nothing yet, and whose name says what it is to hold.
_EMPTY = re.compile(r"<(main|ul|ol|tbody|table|div|section|pre)\b([^<>]{1,400})>\s*</\1\s*>", re.IGNORECASE)
_KEPT = re.compile(
    r"""(?i)\b(?:id|class)\s*=\s*["']?(?:[^"'<>]{0,80}[^a-z"'<>])?"""
    r"""(?:(?:file|recording|call|voicemail|dictation|patient)s?(?:[_-]?list)?|inspelningar|samtal|patienter)(?![a-z])"""
)
"""An element that is named after files or what is of people."""
_NAMED = re.compile(rf"""\b(?:id|class)\s*=\s*["']?(?:[^"'<>]{{0,80}}[^a-z"'<>])?{_ROWS}(?![a-z])""", re.IGNORECASE)


def _waits(answer: Response) -> bool:
    """Whether the rows of a page come later, by its script. Remembered as above."""
    return _waiting.get(digest_of(answer), lambda: awaits_rows(answer.body), 1)


def awaits_rows(body: bytes) -> bool:
    """Whether the page of a folder waits for rows that its own script loads: such a page says nothing of the folder,
    whatever words, form or field for a password stand beside. No script is run: the addresses that stand in it tell
    what it loads, and so do the places in the page that are still empty."""
    text = as_text(body)
    page = read_page(text)
    if _LOADS.search(page.script) and _ADDRESS.search(page.script):
        return True
    if speaks(page):
        # Sentences do not fill a list of recordings; a basket or a menu may be empty beside them.
        return loads(page.script) and _has_room(text, page, _KEPT)
    return bool(page.scripts) and _has_room(text, page)


def room_for_rows(body: bytes) -> bool:
    """Whether a page, whatever it says, has an empty element that is named after rows, for its own scripts to fill."""
    text = as_text(body)
    page = read_page(text)
    return _has_room(text, page) or _has_room(text, page, _KEPT)


OWN_QUERY = re.compile(r"""\blocation(?:\.(?:pathname|href))?\s*\+\s*["'`](\?[^"'`\s]{1,80})["'`]""")


def loads(script: str) -> bool:
    """Whether a script asks a server for something."""
    return _LOADS.search(script) is not None


_OTHER_LOADS = re.compile(r"\b(?:WebSocket|EventSource|import)\s*\(|\.(?:load|post|put|send)\s*\(|\.src\s*=")


_PLAIN_LOAD = re.compile(r"""\bfetch\s{0,8}\(\s{0,80}(["'`])[^"'`]{1,512}\1\s{0,80}\)""")


def loads_of(script: str) -> int:
    """How many times a script asks a server for something, as far as it stands in its text; 0 where one of these asks
    in other ways than a plain GET: with a key or another method it may be given what is refused without."""
    all_, plain = len(_LOADS.findall(script)), len(_PLAIN_LOAD.findall(script))
    return all_ if all_ == plain and not _OTHER_LOADS.search(script) else 0


_HOLDS_ROWS = re.compile(
    rf"(?:^|/)(?:{_ROWS}|data|calls?|clips?|samtal|inspelningar|filer)(?:[_-](?:data|list|{_ROWS}))?\.js(?:\?|\Z)",
    re.IGNORECASE,
)
"""A script that is called after the rows that it holds for the one of the page: `data.js`, `files.js`."""


def loaded_by_script(page: PageParts) -> tuple[str, ...]:
    """The addresses of rows that a page's own script loads and that stand in it as they are, and scripts that are
    called after such rows: what a browser asks for when it shows the page. None that the script puts together.

    Sites call scripts of theirs so too (`list.js`): a page that says in sentences what it is, and whose title and
    heading name nothing of people, is not waiting for such rows."""
    waits = not speaks(page) or private(page)
    held = tuple(one for one in page.scripts if _HOLDS_ROWS.search(one)) if waits else ()
    if not _LOADS.search(page.script):
        return held
    found = [(one, one[0].strip("\"'`")) for one in _ADDRESS.finditer(page.script)]
    found += [(one, one[1]) for one in OWN_QUERY.finditer(page.script)]
    # Beside a plus sign a text is a part of an address alone.
    found = [(one, address) for one, address in found if "+" not in _beside(page.script, one)]
    whole = [one for _, one in found if not re.search(r"[\s\"'`]|\$\{|=\Z", one)]
    whole = [one for one in (*loaded_addresses(page.script), *whole) if not is_act(one)]
    return tuple(dict.fromkeys((*held, *whole)))


def _beside(script: str, found: re.Match[str]) -> str:
    return script[max(0, found.start() - 2) : found.start()] + script[found.end() : found.end() + 2]


def is_act(address: str) -> bool:
    """Whether an address would change something (`?del=`, `/delete`): it is never asked for."""
    path, _, query = address.partition("?")
    return acts("", parameters(query)) or any(acts(step, {}) for step in path.split("/"))


_NUMBER = re.compile(r"/\d{1,40}\Z")


def leads_to_act(address: str) -> bool:
    """Whether what a page loads or leads on to by itself would change something (`/calls/delete/7`): it is never asked
    for, whoever wrote it there. A folder and what lies in it may be called `copy`, and a script file `upload.js`."""
    path, _, query = address.partition("?")
    step = _NUMBER.sub("", path).rpartition("/")[2]
    given, script = parameters(query), step.lower().endswith((".js", ".mjs"))
    return acts("", given) or (not script and (acts(step, {}) or commands(step, given)))


def _has_room(text: str, page: PageParts, named: re.Pattern[str] = _NAMED) -> bool:
    """Whether an element for rows is empty; a page that links to more than a menu has its rows elsewhere."""
    return page.links <= _MENU and any(named.search(match[2]) for match in _EMPTY.finditer(text))


_MENU = 12
"""Links of a page that may be those of a menu alone."""
