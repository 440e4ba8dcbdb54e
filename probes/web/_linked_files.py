"""Files that any page of an asset for recordings, patients, persons or backups links to, and that a stranger gets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Sequence
from typing import TypeAlias
from urllib.parse import unquote

from probes.api import Certainty, Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason
from probes.recognise.listing.fields.links import sendable
from probes.recognise.listing.model import Entry, Kind, Listing
from probes.recognise.media.kinds import KINDS_OF_DATA, NO_DATA, SOUNDS, MediaKind, extension, kind_of_name
from probes.recognise.memo import Found
from probes.recognise.pages.held_data import numbered, private, text_of_people, unlinked_files
from probes.recognise.pages.page_links import PageLink, below, data_links, leads_inside, page_links
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.plain import as_text, plain_body
from probes.recognise.pages.script_loads import made_addresses
from probes.recognise.people.tokens import Identifier, tokens
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one
from probes.web._folder_page import PAGE, is_act
from probes.web._outcome import MOST_REMEMBERED, digest_of, telling_of
from probes.web._redirects import here_at
from probes.web.proof.canary import folder_of
from probes.web.proof.file import Opened, file_name, opens, start_of
from probes.web.proof.played import dated_rows, played

KIND = "linked-files"

_TRIES = 3


def linked_files(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of the files that a page links to, if one of them answers with first bytes of its kind."""
    if target.data not in KINDS_OF_DATA or page.status != 200:
        return None
    key = digest_of(page, target.url(path), telling_of(page), target.data, tuple(sorted(_hosts(target))))
    named = _linking.get(key, lambda: _named_on(target, path, page))
    if named is None:
        return None
    files, texts = named
    opened: list[str] = []
    for number, entry in enumerate(_some(files), 1):
        told = yield from opens(target, entry.path, f"{path}{{linked {number}}}")
        # The bytes must be those of the kind: a page links to much that is only called so.
        if isinstance(told, Opened) and told.media.confirmed and told.media.kind in _wanted(target, entry):
            opened.append(entry.path)
            break
    if files and not opened and kind_of_name(files[0].name) in NO_DATA and KINDS_OF_DATA[target.data] & SOUNDS:
        on_a_page = yield from played(target, path, files, KINDS_OF_DATA[target.data], _hosts(target))
        opened += [on_a_page] if on_a_page else []
    if not opened:
        told_by = yield from _text_of_people(target, path, texts)
        if told_by is None:
            return None
        # Other texts of the page may be for everybody.
        files, opened = [told_by], [told_by.path]
    again = yield from one(Request("GET", path, PAGE, fresh=True))
    steps = [Proof(ProofStep.LINKED_FILE_ANSWERS)]
    certainty = Certainty.PROVEN
    if isinstance(again, NoAnswer) or again.status == 429 or again.status >= 500:
        certainty = Certainty.LIKELY
        steps.append(Proof(ProofStep.NOT_SEEN_AGAIN))
    elif {entry.path for each in _named_on(target, path, again) or () for entry in each} & {
        entry.path for entry in files
    }:
        steps.append(Proof(ProofStep.SEEN_AGAIN))
    else:
        return None
    whole = page.ending is Ending.WHOLE
    return Exposed(
        place=target.place(path),
        kind=KIND,
        why=OpenReason.LINKED_FILES,
        certainty=certainty,
        listing=Listing("links", tuple(files), "" if whole else "cut short"),
        witnesses=tuple(dict.fromkeys((*opened, *(entry.path for entry in _some(files))))),
        facts=facts,
        proof=tuple(steps),
    )


_Named: TypeAlias = tuple[list[Entry], list[Entry]]
"""Files that nobody may link to, and texts, of which their beginning tells whether they are about people."""
_linking: Found[bytes, _Named] = Found(MOST_REMEMBERED)


def _named_on(target: WebTarget, path: str, answer: Answer) -> _Named | None:
    links = _links(target, path, answer)
    texts = [entry for entry in _files(links) if extension(entry.name) in _TEXTS]
    files = _grave_links(target, links, answer) or _shown(target, path, answer) or _made(target, path, answer)
    return (files, texts) if files or texts else None


def _shown(target: WebTarget, path: str, answer: Answer) -> list[Entry]:
    """The files that a page names in its text, as they lie in its own folder, and of a path from a root on at that path
    first: nothing says that they lie elsewhere."""
    if target.data not in KINDS_OF_DATA or not isinstance(answer, Response) or answer.status != 200:
        return []
    if answer.body.lstrip()[:1] != b"<" and path not in target.paths:
        # What a page loads is tried as a part of that page.
        return []
    folder = folder_of(path)
    names = [one.name for one in unlinked_files(as_text(plain_body(answer.body)), target.data)]
    paths = (at for one in names for at in ((one, posixpath.basename(one)) if one.startswith("/") else (one,)))
    return [
        Entry(posixpath.basename(at), sendable(at) if at[0] == "/" else below(folder, at), Kind.FILE) for at in paths
    ]


def _made(target: WebTarget, path: str, answer: Answer) -> list[Entry]:
    """The recordings whose addresses the script of a page makes of ids that stand in it."""
    if not KINDS_OF_DATA.get(target.data, frozenset()) & SOUNDS or not isinstance(answer, Response):
        return []
    made = (here_at(target, path, one) for one in made_addresses(read_page(as_text(answer.body)).script))
    return [Entry(posixpath.basename(one), one, Kind.FILE) for one in made if one and not is_act(one)]


def _grave_links(target: WebTarget, links: list[PageLink], answer: Answer) -> list[Entry]:
    kinds = KINDS_OF_DATA.get(target.data, frozenset())
    found = [one for one in _files(links) if kind_of_name(one.name) in kinds and extension(one.name) not in _FIELDS]
    if target.data in _OF_PEOPLE:
        found += _pictures_of_people(links)
    return found or (_numbered(links, answer) if isinstance(answer, Response) else [])


def _links(target: WebTarget, path: str, answer: Answer) -> list[PageLink]:
    """The links within the endpoint of a page, on an asset that is declared to hold what nobody may link to."""
    if target.data not in KINDS_OF_DATA or not isinstance(answer, Response) or answer.status != 200 or not answer.body:
        return []
    hosts, pictures = _hosts(target), target.data in _OF_PEOPLE
    found = data_links(answer.body, target.url(path), pictures=pictures)
    if found is None:
        found = page_links(answer.body, target.url(path), tuple(answer.headers), pictures=pictures)
    if sum(link.ambient for link in found) < _WALL:
        found = tuple(link for link in found if not link.ambient or _DATED.search(link.path))
    # What a link may change is not asked for.
    return [link for link in found if leads_inside(link, hosts) and not is_act(link.path) and not _signals(link)]


_WALL = 3
"""Films that play by themselves: so many are shown for themselves, as cameras are, and fewer decorate a page."""
_DATED = re.compile(r"\d{6}|\d{4}-\d\d")
_SIGNAL = re.compile(
    r"(?i)(?:^|/)(?:[a-z]{1,12}[_.-])?(?:bell|beep|ding|chime|alert|alarm|notif\w{0,8}|ring(?:ing|tone|back)?|click|pop|busy|dialtone|"
    r"incoming|outgoing|hangup|message|error|success|warning)s?[_-]?(?:sound)?\.[a-z0-9]{2,4}\Z"
)


_READ_OUT = re.compile(r"(?i)captcha")


def _signals(link: PageLink) -> bool:
    """Whether a page brings a sound along by which it signals something: no player is seen, and its name says so. One
    with a date or a number in its name (`2024-11-03_incoming.wav`) is a recording; a captcha
    that is read out is none."""
    if _READ_OUT.search(link.path):
        return True
    return link.unseen and _SIGNAL.search(link.path) is not None


def _hosts(target: WebTarget) -> set[str]:
    return {host.lower() for host in (target.name, target.host, target.address) if host}


def _wanted(target: WebTarget, entry: Entry) -> frozenset[MediaKind]:
    """What the first bytes of a file may show, for it to be one that nobody may link to."""
    picture = kind_of_name(entry.name) is MediaKind.IMAGE
    return frozenset({MediaKind.IMAGE}) if picture else KINDS_OF_DATA[target.data]


_OF_PEOPLE = frozenset({"patient", "personal"})
_LONG = 11
"""Digits that are the number of a person by themselves; of ten, one in two hundred is one by chance."""


def _pictures_of_people(links: Sequence[PageLink]) -> list[Entry]:
    """Pictures whose names or folders hold numbers of people (`/sar/19121212-1212.jpg`): one that is written as such,
    or two that pass the check of their digits."""
    found = [
        (entry, [one.text for one in tokens(entry.path) if one.passes in _PERSONS])
        for entry in _files(links)
        if kind_of_name(entry.name) is MediaKind.IMAGE
    ]
    numbers = {text for _, said in found for text in said}
    written = any("-" in one or "+" in one or len(one) >= _LONG for one in numbers)
    return [entry for entry, said in found if said] if written or len(numbers) > 1 else []


_PERSONS = frozenset(
    {
        Identifier.PERSONNUMMER,
        Identifier.SAMORDNINGSNUMMER,
        Identifier.FOEDSELSNUMMER,
        Identifier.HENKILOTUNNUS,
        Identifier.KENNITALA,
    }
)
"""Numbers of people with a check digit."""


def _files(links: Sequence[PageLink]) -> list[Entry]:
    return list({link.path: Entry(_name(link), link.path, Kind.FILE) for link in links}.values())


_FIELDS = frozenset({"csv", "tsv"})
_TEXTS = _FIELDS | {"txt", "json", "ndjson", "jsonl", "xml", "hl7", "sql", "vcf", "ics", "log"}
"""Files without first bytes of their own: what stands in them tells whether they are about people."""


def _text_of_people(target: WebTarget, path: str, texts: list[Entry]) -> Generator[Ask, Reply, Entry | None]:
    """The first of the texts that a page links to whose beginning is data about people, and that a stranger gets."""
    for number, entry in enumerate(_some(texts), 1):
        said = f"{path}{{linked text {number}}}"
        answer, told = yield from start_of(target, entry.path, said)
        about = (
            isinstance(told, Opened)
            and isinstance(answer, Response)
            and text_of_people(as_text(answer.body), target.data)
        )
        if about and isinstance((yield from opens(target, entry.path, said)), Opened):
            return entry
    return None


_PLAYS = re.compile(
    r"(?i)lyssna|listen|play|spela|ladda ne[rd]|download|abspielen|anhören|hør|afspil|▶|\U0001f50a|"
    r"^(?:recording|audio|voice_?mail|sound|video|media)s?(?:[_-]?(?:ur[il]|link|href|file|src))?$"
)
"""What a link shows that plays or hands out something; the key of an address in data (`recording_url`) is one."""
_PLAYED_AT = re.compile(
    r"(?i)/(?:recordings?|voice-?mails?|inspelning(?:ar)?|opptak|optagelser|aufnahmen|dictations?|diktat|clips?)/"
    r"(?:(?:[^?]{0,80}/)?(?:audio|media|sound|content|download|file|stream|play|listen)(?:[/?.]|$)|@?\d{1,20}\.[a-z0-9]{2,5}(?:\?|$))"
)
"""An address that hands out the sound of a recording: `/voicemails/17/download`."""


_KEPT_AT = re.compile(
    r"(?i)/(?:recordings?|voice-?mails?|inspelningar|opptak|optagelser|aufnahmen|dictations?|diktat)/[\w.~-]{1,64}\Z"
)
"""The address that an interface gives of a recording, as it is named after it."""


def _numbered(links: Sequence[PageLink], page: Response) -> list[Entry]:
    """Links that differ by a number alone (`/listen?id=17`), where a player plays them, the page or the link says that
    they are recordings or the like, or rows tell moments as those of events do: no name tells the kind of what they
    lead to, and its first bytes will, or those of what plays there."""
    groups: dict[str, list[PageLink]] = {}
    data = page.body.lstrip()[:1] in (b"[", b"{")
    for link in links:
        named = kind_of_name(_name(link)) not in NO_DATA
        if not named and (pattern := numbered(link.path)):
            groups.setdefault(pattern, []).append(link)
    many = [link for group in groups.values() if len(group) > 1 for link in group]
    told = bool(many) and (private(read_page(as_text(page.body))) or dated_rows(page) > 1)
    return [
        Entry(posixpath.basename(link.path), link.path, Kind.FILE)
        for link in many
        if told
        or link.player
        or _PLAYS.search(link.shown)
        or _PLAYED_AT.search(link.path)
        or (data and _KEPT_AT.search(link.path))
    ]


def _name(link: PageLink) -> str:
    """The name of the file that a link leads to; of a script without a name in its address, the name that is shown."""
    name = unquote(file_name(link.path), errors="replace")
    return name if kind_of_name(name) is not MediaKind.OTHER else posixpath.basename(link.shown) or name


def _some(files: list[Entry]) -> list[Entry]:
    """The first, the last and one between: the same page leads to the same requests."""
    if not files:
        return []
    return list(dict.fromkeys((files[0], files[-1], files[len(files) // 2])))[:_TRIES]
