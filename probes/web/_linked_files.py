"""Files that any page of an asset for recordings, patients, persons or backups links to, and that a stranger gets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Generator, Sequence
from urllib.parse import unquote

from probes.api import Certainty, Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason
from probes.recognise.listing.model import Entry, Kind, Listing
from probes.recognise.media.kinds import NO_DATA, MediaKind, kind_of_name
from probes.recognise.pages.held_data import numbered, private
from probes.recognise.pages.page_links import PageLink, leads_inside, page_links
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.plain import as_text
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one
from probes.web._folder_page import PAGE
from probes.web.proof.file import Opened, file_name, opens

KIND = "linked-files"

_BACKUPS = frozenset(
    {
        MediaKind.DATABASE_DUMP,
        MediaKind.MAIL_STORE,
        MediaKind.ARCHIVE,
        MediaKind.KEY_MATERIAL,
        MediaKind.VM_IMAGE,
    }
)
_SOUNDS = frozenset({MediaKind.AUDIO, MediaKind.VIDEO})
KINDS = {
    "recordings": _SOUNDS | _BACKUPS,
    "patient": _SOUNDS | _BACKUPS | {MediaKind.DICOM, MediaKind.DOCUMENT},
    "personal": _SOUNDS | _BACKUPS | {MediaKind.DOCUMENT},
    "backups": _BACKUPS,
}
"""By what an asset is declared to hold: the kinds of files that must not answer a stranger, whatever links to them. On
other assets a page may link to what it likes."""

_TRIES = 3


def linked_files(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of the files that a page links to, if one of them answers with first bytes of its kind."""
    files = _grave_links(target, path, page)
    if not files:
        return None
    opened: list[str] = []
    for number, entry in enumerate(_some(files), 1):
        told = yield from opens(target, entry.path, f"{path}{{linked {number}}}")
        # The bytes must be those of the kind: a page links to much that is only called so.
        if isinstance(told, Opened) and told.media.confirmed and told.media.kind in KINDS[target.data]:
            opened.append(entry.path)
            break
    if not opened:
        return None
    again = yield from one(Request("GET", path, PAGE, fresh=True))
    steps = [Proof(ProofStep.LINKED_FILE_ANSWERS)]
    certainty = Certainty.PROVEN
    if isinstance(again, NoAnswer) or again.status == 429 or again.status >= 500:
        certainty = Certainty.LIKELY
        steps.append(Proof(ProofStep.NOT_SEEN_AGAIN))
    elif {entry.path for entry in _grave_links(target, path, again)} & {entry.path for entry in files}:
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


def _grave_links(target: WebTarget, path: str, answer: Answer) -> list[Entry]:
    kinds = KINDS.get(target.data)
    if kinds is None or not isinstance(answer, Response) or answer.status != 200 or not answer.body:
        return []
    hosts = {host.lower() for host in (target.name, target.host, target.address) if host}
    found: dict[str, Entry] = {}
    links = page_links(answer.body, target.url(path), tuple(answer.headers))
    for link in links:
        name = _name(link)
        if kind_of_name(name) in kinds and leads_inside(link, hosts):
            found.setdefault(link.path, Entry(name, link.path, Kind.FILE))
    return list(found.values()) or _numbered(links, hosts, answer)


_PLAYS = re.compile(r"(?i)lyssna|listen|play|spela|ladda ne[rd]|download|abspielen|anhören|hør|afspil|▶|\U0001f50a")
"""What a link shows that plays or hands out something."""


def _numbered(links: Sequence[PageLink], hosts: Collection[str], page: Response) -> list[Entry]:
    """Links that differ by a number alone (`/listen?id=17`), where the page or the link says that they are recordings
    or the like: no name tells the kind of what they lead to, and its first bytes will."""
    groups: dict[str, list[PageLink]] = {}
    for link in links:
        named = kind_of_name(_name(link)) not in NO_DATA
        if not named and leads_inside(link, hosts) and (pattern := numbered(link.path)):
            groups.setdefault(pattern, []).append(link)
    many = [link for group in groups.values() if len(group) > 1 for link in group]
    told = bool(many) and private(read_page(as_text(page.body)))
    return [
        Entry(posixpath.basename(link.path), link.path, Kind.FILE) for link in many if told or _PLAYS.search(link.shown)
    ]


def _name(link: PageLink) -> str:
    """The name of the file that a link leads to; of a script without a name in its address, the name that is shown."""
    name = unquote(file_name(link.path), errors="replace")
    return name if kind_of_name(name) is not MediaKind.OTHER else posixpath.basename(link.shown) or name


def _some(files: list[Entry]) -> list[Entry]:
    """The first, the last and one between: the same page leads to the same requests."""
    return list(dict.fromkeys((files[0], files[-1], files[len(files) // 2])))[:_TRIES]
