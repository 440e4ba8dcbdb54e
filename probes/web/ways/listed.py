"""Whether a folder lists itself to a stranger, by any of its ways."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.api import Exposed, WebTarget
from probes.facts import Fact
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.listing.model import Listing
from probes.recognise.media.kinds import GRAVEST_FIRST, kind_of_name
from probes.recognise.pages.page_kind import leads_to_login
from probes.recognise.shares.public_links import is_shared
from probes.requests.http import Answer, Ask, Reply, Request, Response, one
from probes.requests.webdav import propfind
from probes.web._folder_page import PAGE, comes_back, listing_in, read_folder
from probes.web._outcome import Closed, Undecided
from probes.web._parts import not_read
from probes.web.proof.archive import patient_archive
from probes.web.proof.canary import folder_canary
from probes.web.proof.listing import prove
from probes.web.proof.moved import moved_listing
from probes.web.proof.shared import behind_link
from probes.web.proof.witness import Beside, Read
from probes.web.ways.script_shell import behind_script, bucket_of_script
from probes.web.ways.weak_pages import declared_data_in, recorder_list, weak_files, weak_folders


def listed(
    target: WebTarget, path: str, at: str, answer: Answer, canary: Beside, facts: tuple[Fact, ...], read: Read
) -> Generator[Ask, Reply, Exposed | Closed | Undecided]:
    """Whether the folder lists itself, by any of its ways."""
    reading = read_folder(target, at, answer, canary.answer, canary.path)
    if at != path and leads_to_login(at) and isinstance(reading, Undecided) and not_read(at, answer, reading):
        # Strangers are led away to a login, whoever draws its fields.
        reading = Closed(ClosedReason.LOGIN_WALL)
    if not isinstance(answer, Response):
        assert not isinstance(reading, Listing)  # noqa: S101  a listing stands in an answer
        return reading
    if isinstance(reading, Undecided) and reading.why is UndecidedReason.CLICK_THROUGH:
        reading = reading if comes_back(answer, path, at) else Closed(ClosedReason.NO_LISTING)
    result: Exposed | Closed | Undecided
    ask = Request("GET", at, PAGE)
    if (served := (yield from served_as_refusal(target, at, answer, facts))) is not None:
        result = served
    elif isinstance(reading, Listing) and reading.entries:
        beside = canary if canary.path == folder_canary(at, target.nonce) else None
        result = yield from prove(target, at, answer, reading, ask, facts, read, canary=beside)
        if isinstance(result, Undecided) and result.why in NOTHING_ANSWERED:
            moved = yield from moved_listing(target, at, answer, facts, reading)
            result = moved if isinstance(moved, Exposed) else result
    else:
        tried = yield from patient_archive(target, path, at, answer, facts)
        if tried is None:
            tried = yield from behind_link(target, at, answer, facts)
        if tried is None:
            tried = yield from behind_script(target, at, answer, facts)
        if tried is None:
            tried = yield from recorder_list(target, at, answer, facts)
        if tried is None:
            # A page without entries of its own may be that of another folder: only then is it called empty.
            tried = yield from moved_listing(target, at, answer, facts)
        if tried is None and not isinstance(reading, Listing) and reading.why in _MAY_LIST:
            tried = yield from weak_folders(target, at, answer, facts)
            if tried is None:
                tried = yield from weak_files(target, at, answer, facts)
                refused = isinstance(tried, Undecided) and tried.why is UndecidedReason.ENTRY_REFUSED
                # A login says that it is one, whatever it names.
                tried = None if refused and reading.why is ClosedReason.LOGIN_WALL else tried
            if tried is None and reading.why is ClosedReason.NO_LISTING:
                tried = declared_data_in(target, answer)
            if tried is None and bucket_of_script(target, answer):
                says = "its script lists a bucket at another host: where that is declared, it is looked at"
                tried = Undecided(UndecidedReason.DRAWN_BY_SCRIPT, says)
        if tried is not None:
            result = tried
        elif isinstance(reading, Listing):
            result = yield from prove(target, at, answer, reading, ask, facts)
        else:
            result = reading
    there = isinstance(result, Closed) and result.why is ClosedReason.LOOKED_AT_THERE
    by_dav_too = (path in target.declared or is_shared(path)) and not there
    if by_dav_too and not isinstance(result, Exposed) and "?" not in path:
        by_dav = yield from by_webdav(target, at if at == f"{path}/" else path, facts)  # the verb is for folders
        # A WebDAV answer may only make the verdict worse: where it tells nothing, the page's own verdict stands.
        result = by_dav if by_dav is not None else result
    return result


def served_as_refusal(
    target: WebTarget, at: str, answer: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """The verdict about a listing that comes with the status of a redirect, a refusal or a fault, as frameworks and
    proxies send it that handle errors by a page. None where what it lists is refused, where it is the server's page for
    all that it does not serve, or where pages answer alone: a refusal may propose some."""
    if answer.status < 300 or answer.status == 429 or b"href" not in answer.body:
        # A refusal without a link names nothing that could be tried; who asks us to slow down is not asked more.
        return None
    listing = whatever_status(target, at, answer)
    if listing is None or not listing.entries:
        return None
    proven = yield from prove(target, at, answer, listing, Request("GET", at, PAGE), facts, whatever_status)
    if isinstance(proven, Undecided) and proven.why is UndecidedReason.ENTRY_UNPROVEN:
        return proven
    data = isinstance(proven, Exposed) and any(kind_of_name(one) in GRAVEST_FIRST for one in proven.witnesses[:1])
    return proven if isinstance(proven, Exposed) and data else None


def whatever_status(target: WebTarget, path: str, answer: Answer) -> Listing | None:
    return listing_in(target, path, replace(answer, status=200) if isinstance(answer, Response) else answer)


_MAY_LIST = frozenset(
    {ClosedReason.NO_LISTING, ClosedReason.LOGIN_WALL, UndecidedReason.DRAWN_BY_SCRIPT, UndecidedReason.MEANING_UNKNOWN}
) | {UndecidedReason.BODY_UNREADABLE}
"""What a page says of itself that may be a listing all the same."""


NOTHING_ANSWERED = frozenset({UndecidedReason.ENTRY_REFUSED, UndecidedReason.ENTRY_UNPROVEN})
"""After these the links of a listing may lead past its files."""


def by_webdav(
    target: WebTarget, path: str, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Closed | Undecided | None]:
    """Ask the folder by PROPFIND. Small servers send its answer under 200, and others their ordinary page."""
    ask = propfind(path, PAGE)
    answer = yield from one(ask)
    if not isinstance(answer, Response) or answer.status not in (200, 207):
        return None
    reading = read_folder(target, path, answer, answer, path)
    if not isinstance(reading, Listing) or (answer.status == 200 and reading.family != "webdav"):
        return None
    if not reading.entries:
        # The folder answers with itself alone: the verb is open, and nothing is shown by it.
        broken = Undecided(UndecidedReason.BODY_BROKEN, "a WebDAV answer that cannot be read to its end")
        return broken if reading.partial else None
    return (yield from prove(target, path, answer, reading, ask, facts))
