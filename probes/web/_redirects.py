"""Redirects within the endpoint are followed, at most three; one that leads out says where to, and is not followed.

Every hop is a request of its own, under scope, pace and budget. A host that is not this endpoint is never asked here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from probes.api import WebTarget
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.recognise.listing.fields.links import read_location, sendable
from probes.recognise.memo import Found
from probes.recognise.pages.page_links import PageLink, leads_inside, page_links
from probes.recognise.pages.page_parts import PageParts, read_page, refreshed_to
from probes.recognise.pages.plain import as_text
from probes.requests.http import Answer, Ask, Ending, Headers, NoAnswer, Reply, Request, Response, one
from probes.requests.walls import handed_by
from probes.web._folder_page import PAGE, is_act, leads_to_act, listing_in, loaded_by_script, loads
from probes.web._outcome import MOST_REMEMBERED, Closed, Undecided, digest_of, page_of, telling_of

MOST = 3
_MOST_WALLS = 3
"""Circles in which a wall hands out a cookie that it did not hand out before."""
_LONGEST_NOTE = 1 << 13
"""Bytes of a page that only leads on."""
_HARDLY_ANY_TEXT = 300
_HOST = re.compile(r"[a-z0-9_.:-]{1,253}")
AskAgain = Callable[[str, str], Generator[Ask, Reply, Answer]]
"""Asks for a path as the first one was asked; the second argument is how it is recorded."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Where the redirects ended: a path of the same endpoint, and its answer."""

    path: str
    answer: Answer


def as_redirect(target: WebTarget, path: str, answer: Answer) -> Answer:
    """A page that does nothing but lead on, by a refresh or a script of one statement, as the redirect that it is."""
    if not isinstance(answer, Response) or answer.status != 200 or len(answer.body) > _LONGEST_NOTE:
        return answer
    if answer.ending is not Ending.WHOLE:
        return answer
    where = page_of(answer).where or _refreshed(target, path, answer)
    if not where or ((led := _resolved(target, path, where)) is not None and leads_to_act(led[3])):
        return answer
    return replace(answer, status=302, headers=Headers((*answer.headers, ("location", where))))


def _refreshed(target: WebTarget, path: str, answer: Response) -> str:
    """Where a Refresh header leads on from a page that says hardly anything: one that loads itself again stays."""
    where = refreshed_to(answer.headers.get("refresh"))
    led = _resolved(target, path, where) if where else None
    if led is None or led[3] == path or len(read_page(as_text(answer.body)).text) > _HARDLY_ANY_TEXT:
        return ""
    return where


def redirects(answer: Answer) -> bool:
    """Whether an answer leads on."""
    return isinstance(answer, Response) and answer.status in (301, 302, 303, 307, 308)


def follow(
    target: WebTarget,
    path: str,
    answer: Answer,
    ask: AskAgain,
    said: str = "",
    looked_at: Collection[str] = (),
) -> Generator[Ask, Reply, Arrived | Closed | Undecided]:
    """Follow the redirects of the answer to `path`, which is recorded as `said`, to their end in this endpoint.

    Closed where they lead out of it, or to a path of `looked_at`, which has a verdict of its own.
    """
    seen = {path}
    here = path
    handed, fresh = set[str](), False
    hops = walls = since = 0
    while since < MOST:
        hops, since = hops + 1, since + 1
        assert isinstance(answer, Response)  # noqa: S101  only a response redirects
        where = _where(target, here, answer)
        if where is None:
            return Undecided(UndecidedReason.REDIRECTED, "to an address that cannot be read")
        away = _away(target, here, where)
        to = where[3]
        if away is not None and (to in seen or not _misnamed(target, where)):
            return away
        given = handed_by(answer).keys()
        fresh, handed = fresh or not given <= handed, handed | given
        if to in seen:
            if not fresh or walls == _MOST_WALLS:
                return Undecided(
                    UndecidedReason.REDIRECTED, "in a circle, with its cookie too" if walls else "in a circle"
                )
            # A circle that sets a cookie is a wall: who brings it back may be let in, or handed the next one.
            walls, fresh = walls + 1, False
            since = min(since, 1)
        if to in looked_at:
            return Closed(ClosedReason.LOOKED_AT_THERE)
        seen.add(to)
        here, answer = to, (yield from ask(to, f"{said or path}{{redirect {hops}}}"))
        if away is not None and not redirects(answer) and not (isinstance(answer, Response) and answer.status == 200):
            return away
        if not redirects(answer):
            return Arrived(here, answer)
    return Undecided(UndecidedReason.REDIRECTED, f"more than {MOST} times")


def page_at(target: WebTarget, path: str, said: str = "", *, fresh: bool = False) -> Generator[Ask, Reply, Answer]:
    """The answer to a folder, as the redirect that it is where its page does nothing but lead on."""
    return led_on(target, path, (yield from one(Request("GET", path, PAGE, fresh=fresh, said=said))))


def led_on(target: WebTarget, path: str, answer: Answer) -> Answer:
    """The answer, as a redirect where its page does nothing but lead on: a listing that reloads itself is none."""
    onward = as_redirect(target, path, answer)
    return answer if onward is not answer and listing_in(target, path, answer) is not None else onward


def leads_anew(target: WebTarget, path: str, at: str) -> Generator[Ask, Reply, bool]:
    """Whether a path that led to `at` leads to another address when it is asked once more, over a new connection."""
    again = yield from page_at(target, path, fresh=True)
    if not redirects(again):
        return False

    def ask(to: str, said: str) -> Generator[Ask, Reply, Answer]:
        # What is there was seen.
        return NoAnswer(NoAnswerReason.NOT_ASKED) if to == at else (yield from page_at(target, to, said))

    arrived = yield from follow(target, path, again, ask)
    return isinstance(arrived, Arrived) and arrived.path != at


def leads_to(target: WebTarget, path: str, answer: Answer) -> tuple[Fact, ...]:
    """The fact that says where a redirect leads out of the endpoint: scheme, host and port alone; empty for others."""
    where = _where(target, path, answer) if isinstance(answer, Response) and redirects(answer) else None
    if where is None or _here(target, where):
        return ()
    scheme, host, port, _ = where
    usual = port == (443 if scheme == "https" else 80)
    shown = f"[{host}]" if ":" in host else host
    return (Fact(FactKind.LEADS_TO, f"{scheme}://{shown}{'' if usual else f':{port}'}"),)


def _misnamed(target: WebTarget, where: tuple[str, str, int, str]) -> bool:
    """Whether a redirect may mean this very endpoint, by a name or port that only a network within knows.

    Servers behind a proxy or in a container write their own host and port into a Location. What it leads to is asked
    for here, and nowhere else.
    """
    _, host, port, to = where
    if host in _names(target):
        return port not in target.ports
    return leads_inside(PageLink(host, port, to), ())


_IN_THE_WAY = re.compile(
    r"captcha|perfdrive|datadome|queue-it\.net|(?<![a-z])(?:distil_|challenge-platform|waiting-?room|bot-?(?:check|detect)|"
    r"are-?you-?(?:a-?)?human|human-?(?:check|challenge|verif)|not-?a-?robot|browser-?check|under-?maintenance|"
    r"block-?page|url-?block|geo-?block|blocked(?![a-z])|block\.opendns)|^maintenance\.|/maintenance(?:\.\w{3,5})?/?$"
)
"""Hosts and paths to which filters, queues and works on a server lead whoever asks, for a while or for what he is."""


def _away(target: WebTarget, path: str, where: tuple[str, str, int, str]) -> Closed | Undecided | None:
    """What a redirect says of this endpoint that leads out of it; None where it stays."""
    scheme, host, port, to = where
    if _here(target, where):
        return None
    if host not in _names(target):
        if _IN_THE_WAY.search(f"{host}{to.partition('?')[0]}".lower()):
            return Undecided(
                UndecidedReason.FILTERED, "strangers are led to a challenge, a waiting room or a block page"
            )
        return Closed(ClosedReason.LEADS_ELSEWHERE)
    if target.tls and scheme == "http" and to == path:
        # The clear-text twin may lead back here: two redirects that point at each other show nothing.
        return Undecided(UndecidedReason.REDIRECTED, "from TLS to the same path in clear")
    # Another endpoint of this host: one that is declared is looked at itself, and any other is another place.
    return Closed(ClosedReason.LOOKED_AT_THERE if port in target.ports else ClosedReason.LEADS_ELSEWHERE)


def frames_of(target: WebTarget, path: str, answer: Answer) -> tuple[str, ...]:
    """The paths of this endpoint that a page shows in frames, leads on to by itself or loads by its own script: a
    reader sees what they show, whatever stands around."""
    if not isinstance(answer, Response) or answer.status != 200:
        return ()
    key = digest_of(answer, target.url(path), telling_of(answer), answer.headers.get("refresh"))
    return _frames.get(key, lambda: _frames_in(target, path, answer)) or ()


_frames: Found[bytes, tuple[str, ...]] = Found(MOST_REMEMBERED)


def _frames_in(target: WebTarget, path: str, answer: Response) -> tuple[str, ...]:
    page = read_page(as_text(answer.body))
    led = (*page.refreshes, refreshed_to(answer.headers.get("refresh")), *loaded_by_script(page))
    ways = (one for one in _ways_on(target, path, answer, page) if not is_act(one))
    found = [_resolved(target, path, one) for one in (*page.frames, *led, *ways)]
    # A frame of nobody's, or of another host, shows nothing of this one.
    paths = dict.fromkeys(where[3] for where in found if where is not None and _here(target, where))
    return tuple(one for one in paths if not leads_to_act(one))


_FEW_WAYS = 4
_FEW_DOORS = 2
_GUEST = re.compile(
    r"(?i)(?<![a-z])(?:guests?|g[äæ]st|gast|visitors?|anonym\w{0,5}|invité|vieras|gjest|besökare)(?![a-z])"
)
_FEW_WORDS = 12
"""Words of a page that is nothing but ways on: a title and what its links show."""


def _ways_on(target: WebTarget, path: str, answer: Response, page: PageParts) -> list[str]:
    """The folders below a page that is nothing but a few links, to choose a language or to go on, and the door for
    guests of a login. Links that show the names of their folders are a menu or a listing, and are tried as such."""
    if "prompt(" in page.script and "password" not in page.inputs:
        return _behind_its_script(answer, page)
    if "password" in page.inputs:
        links = page_links(answer.body, target.url(path), tuple(answer.headers))
        inside = path if path.endswith("/") and path != "/" else "//"
        doors = [one for one in links if _GUEST.search(one.shown) or _GUEST.search(one.path) or inside in one.path]
        return [*(one.path for one in doors[:_FEW_DOORS]), *_behind_its_script(answer, page)]
    if not 0 < page.links <= _FEW_WAYS or len(page.text.split()) > _FEW_WORDS or page.inputs:
        return []
    folder = path.partition("?")[0].rpartition("/")[0] + "/"
    links = page_links(answer.body, target.url(path), tuple(answer.headers))
    below = [one for one in links if one.path.startswith(folder) and one.path.endswith("/") and one.path != folder]
    named = any(one.shown.strip("/").lower() == posixpath.basename(one.path[:-1]).lower() for one in below)
    return [] if named else [one.path for one in below]


_GOES_TO = re.compile(
    r"""(?:\blocation(?:\.href)?\s{0,8}=(?!=)|\blocation\.(?:replace|assign)\s{0,8}\(|\bwindow\.open\s{0,8}\(|"""
    r"""\.action\s{0,8}=(?!=))\s{0,8}(?:\\?["'`]|&quot;|&#39;)([^"'`\\\s<>&]{1,300})(?:\\?["'`]|&quot;|&#39;)(?!\s{0,8}\+)"""
)


def _behind_its_script(answer: Response, page: PageParts) -> list[str]:
    """Where the script of a login leads whoever gives the right word, and that the script alone compares it: no server
    is asked, so whoever reads the page gets there."""
    text = as_text(answer.body)
    if loads(page.script) or not _COMPARES.search(text):
        return []
    return list(dict.fromkeys(found[1] for found in _GOES_TO.finditer(text)))[:_FEW_DOORS]


_COMPARES = re.compile(r"[!=]==?|\bswitch\b|\bincludes\s{0,4}\(|\bindexOf\s{0,4}\(")


def _where(target: WebTarget, path: str, answer: Response) -> tuple[str, str, int, str] | None:
    return _resolved(target, path, answer.headers.get("location"))


def _resolved(target: WebTarget, path: str, location: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port and path of a reference (RFC 9110 section 10.2.2); None where it cannot be read."""
    location = read_location(location)
    if not location:
        return None
    try:
        parts = urlsplit(urljoin(target.url(path), location))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    return parts.scheme, host, port, sendable((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _here(target: WebTarget, where: tuple[str, str, int, str]) -> bool:
    scheme, host, port, _ = where
    return (scheme == "https", host, port) == (target.tls, (target.name or target.address).lower(), target.port)


def here_at(target: WebTarget, path: str, address: str) -> str:
    """The path of this endpoint that an address on the page of `path` means; empty for any other's."""
    where = _resolved(target, path, address)
    return where[3] if where is not None and _here(target, where) else ""


def named_here(target: WebTarget, path: str, address: str) -> str:
    """As `here_at`, whatever scheme and port the address has: interfaces behind a proxy write those of an inner one."""
    where = _resolved(target, path, address)
    if where is None or is_act(where[3]) or not leads_inside(PageLink(where[1], where[2], where[3]), _names(target)):
        return ""
    return where[3]


def _names(target: WebTarget) -> set[str]:
    return {name.lower() for name in (target.name, target.host, target.address) if name}
