"""Refusals that may be of us, or of one server of several behind an address: asked again before they count.

A ban begins in the middle of a look, and then what was answered at first is refused as well. Where several servers
stand behind one address, one of them may refuse what another serves; no finding is closed by one lucky refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from functools import wraps

from probes.api import Clear, Dialogue, Exposed, Unknown, Verdict, WebTarget
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.pages.page_kind import Page, PageKind
from probes.requests.front import front_of
from probes.requests.http import Ask, Reply, Request, Response, Together, one
from probes.web._folder_page import PAGE, listing_in
from probes.web._outcome import REFUSALS, page_of

_TWICE = 2
"""Times that a declared place is asked again over new connections in a first look, or where the endpoint changed, at a
balancer of which one server alone was met: its connections take turns."""
_AGAIN = 3
"""Times that a place is asked again over new connections: of two servers that take turns, both have answered then."""
_IN_A_ROW = 4
"""Refusals at the end of a look that may be the beginning of a ban: of a site's own folders few are refused."""
_MOST = 24
"""Requests of one look that go to this."""
_REFUSED = frozenset(REFUSALS.values())
_MAY_DIFFER = _REFUSED | {ClosedReason.NO_LISTING, ClosedReason.LOGIN_WALL, ClosedReason.VERB_REFUSED}
_NAMED_BY = re.compile(
    r"(?:served-by|backend|backend-(?:server|host|name)|upstream|server|server-(?:name|id)|node|node-(?:id|name)|host|"
    r"hostname|instance|instance-id|origin-server|app-server|web-?server)"
)
"""Headers in which balancers and servers name the server that answered."""
_COOKIE = re.compile(
    r"(?i)\A\s*((?:server|srv|route|node|backend|lb|balance|sticky)_?(?:id)?|arraffinity|bigipserver[^=]*|jsessionid)="
    r"([^;]{1,200})"
)
"""Cookies by which balancers lead a visitor back to the same server."""
_BALANCER = re.compile(
    r"(?i)\A\s*(?:aws(?:alb(?:app-[0-9])?(?:cors)?|elb(?:cors)?)|gclb|ingresscookie|kempid|citrix_ns_id|nsc_[a-z0-9_.-]{1,80}|"
    r"__cflb|dynsrv|haproxy_?(?:id|server)?|x-mapping-[a-z]{1,20}|lb_sticky)="
)
"""Cookies by which balancers do the same, and of which nobody but them can tell the server."""
_CACHE = re.compile(r"(?i)\bcache-")
"""Fastly's caches, of which any asks the same origin."""


@dataclass(slots=True)
class _Heard:
    """What the answers of one look tell of who answered."""

    nonce: str
    served: Request | None = None
    """The first request that was answered with a page."""
    page: Page | None = None
    """What that page was."""
    refuses_made_up: bool = False
    """Whether a name that cannot exist was refused after that, and not said to be missing."""
    in_a_row: int = 0
    """How many folders were refused, one after the other, up to the end; a name that cannot exist was missing."""
    missing: bool = False
    """Whether something was said to be missing before."""
    nodes: set[str] = field(default_factory=set)
    servers: set[str] = field(default_factory=set)
    refusing: dict[str, set[str]] = field(default_factory=dict)
    """By path, which of them refused it."""
    balanced: bool = False
    """Whether a balancer says that it stands in front."""
    first: Response | None = None

    def note(self, request: Request, answer: object) -> None:
        if not isinstance(answer, Response):
            return
        self.first = self.first or answer
        nodes = _nodes_of(answer)
        self.balanced = self.balanced or bool(nodes) or _is_balanced(answer)
        self.nodes |= nodes
        self.servers.add(answer.headers.get("server"))
        if request.method == "GET" and answer.status in REFUSALS:
            self.refusing.setdefault(request.path, set()).update(nodes)
        if request.method == "GET" and answer.status == 200 and self.served is None:
            self.served, self.page = request, page_of(answer)
        elif self.served is not None and answer.status in (401, 403) and self.nonce in request.path:
            self.refuses_made_up = True
        if request.method == "GET":
            self.in_a_row = self.in_a_row + 1 if self.missing and answer.status in (401, 403) else 0
            self.missing = self.missing or answer.status in (404, 410)


def doubting(
    alone: Callable[[WebTarget, str], WebTarget], *, knows_front: bool = False
) -> Callable[[Callable[[WebTarget], Dialogue]], Callable[[WebTarget], Dialogue]]:
    """The same look, which asks once more what was refused and may not be. `alone` is the target with one path.
    `knows_front`: whether the target says what its first answer looked like the last time."""

    def decorate(look: Callable[[WebTarget], Dialogue]) -> Callable[[WebTarget], Dialogue]:
        @wraps(look)
        def looked(target: WebTarget) -> Dialogue:
            heard = _Heard(target.nonce)
            verdicts = yield from _noted(look(target), heard, _rotating(target) if knows_front else "")
            known = {one.path for one in target.known}
            refused = [
                one
                for one in verdicts
                if isinstance(one, Clear)
                and (one.why in _REFUSED or (one.why is ClosedReason.LOGIN_WALL and one.place.path in known))
            ]
            if refused and (yield from _banned(target, refused, heard)):
                return tuple(_filtered(one) if one in refused else one for one in verdicts)
            left, told = _MOST, list[Verdict]()
            anew = knows_front and heard.balanced and (heard.first is None or front_of(heard.first) != target.front)
            for verdict in verdicts:
                doubts = _doubts(target, verdict, heard)
                if anew and isinstance(verdict, Clear) and verdict.why in _MAY_DIFFER:
                    doubts = max(doubts, _TWICE if verdict.place.path in target.declared else 0)
                times = min(doubts, left)
                left -= times
                told += (yield from _again(look, alone, target, verdict, heard, times)) if times else (verdict,)
            return tuple(told)

        return looked

    return decorate


def _rotating(target: WebTarget) -> str:
    """The declared path that this look asks for over a new connection, at a balancer: another one in the next. So each
    of them meets each server in time, and no request is added."""
    paths = [path for path in target.declared if path != target.paths[0]]
    turn = target.turn.partition("/")[0]
    return paths[int(turn) % len(paths)] if paths and turn.isdigit() else ""


def _noted(dialogue: Dialogue, heard: _Heard, rotating: str) -> Dialogue:
    told: Reply | None = None
    while True:
        try:
            ask = next(dialogue) if told is None else dialogue.send(told)
        except StopIteration as end:
            verdicts: tuple[Verdict, ...] = end.value
            return verdicts
        if rotating and heard.balanced and isinstance(ask, Request) and (ask.method, ask.path) == ("GET", rotating):
            ask, rotating = replace(ask, fresh=True), ""
        told = yield ask
        if isinstance(ask, Request):
            heard.note(ask, told)
        elif isinstance(ask, Together) and isinstance(told, tuple):
            for request, answer in zip(ask.asks, told, strict=True):
                heard.note(request, answer)


def _banned(target: WebTarget, refused: list[Clear], heard: _Heard) -> Generator[Ask, Reply, bool]:
    """Whether what was answered at first is refused now. Asked where a finding may be closed by it, where the server
    refuses what cannot exist, which servers mostly say to be missing, and where all at the end was refused after
    something else was said to be missing: bans begin in the middle of a look."""
    known = {one.path for one in target.known}
    turned = heard.refuses_made_up or heard.in_a_row >= _IN_A_ROW
    if heard.served is None or not (turned or any(one.place.path in known for one in refused)):
        return False
    again = yield from one(replace(heard.served, fresh=True))
    if not isinstance(again, Response) or again.status in REFUSALS or again.status in (429, 503):
        return True
    # Some filters answer everything by one page with a form from then on.
    walls = PageKind.LOGIN_WALL, PageKind.BLOCK_PAGE
    return page_of(again).kind in walls and heard.page is not None and heard.page.kind not in walls


def _filtered(verdict: Verdict) -> Unknown:
    why = "what was answered at first is refused to us now"
    return Unknown(verdict.place, verdict.kind, UndecidedReason.FILTERED, why, verdict.facts)


def _doubts(target: WebTarget, verdict: Verdict, heard: _Heard) -> int:
    """How often a place is asked again: where it was once seen open, or several servers answer."""
    if not isinstance(verdict, Clear) or verdict.why not in _MAY_DIFFER:
        return 0
    if any((one.path, one.kind) == (verdict.place.path, verdict.kind) for one in target.known):
        return _AGAIN
    if verdict.why not in _REFUSED:
        return 0
    if len(heard.nodes) > 1:
        return _AGAIN if verdict.place.path in target.declared else 1
    # Programs of one host call themselves otherwise than the server in front of them does.
    return 1 if len(heard.servers) > 1 and verdict.place.path in target.declared else 0


def _again(
    look: Callable[[WebTarget], Dialogue],
    alone: Callable[[WebTarget, str], WebTarget],
    target: WebTarget,
    verdict: Verdict,
    heard: _Heard,
    times: int,
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """What is said of a place that is asked again: the same where all refuse."""
    path = verdict.place.path
    for _ in range(times):
        answer = yield from one(Request("GET", path, PAGE, fresh=True))
        heard.note(Request("GET", path), answer)
        if not isinstance(answer, Response) or answer.status in REFUSALS:
            continue
        if verdict.why is ClosedReason.NOT_FOUND and page_of(answer).kind is PageKind.SOFT_404:
            continue
        if verdict.why not in _REFUSED and listing_in(target, path, answer) is None:
            continue
        seen = yield from look(alone(target, path))
        if any(isinstance(one, Exposed) for one in seen):
            return seen
        if not all(isinstance(one, Clear) for one in seen) or listing_in(target, path, answer) is not None:
            why = "refused, and answered when it was asked again"
            return (Unknown(verdict.place, verdict.kind, UndecidedReason.UNSTABLE, why, verdict.facts),)
    unseen = heard.nodes - heard.refusing.get(path, set())
    if unseen and verdict.why in _REFUSED and path in target.declared and len(heard.nodes) > 1:
        why = "several servers answer here, and not all of them were seen to refuse"
        return (Unknown(verdict.place, verdict.kind, UndecidedReason.UNSTABLE, why, verdict.facts),)
    return (verdict,)


def _nodes_of(answer: Response) -> set[str]:
    """What the answer says of which server of several it comes from."""
    named: set[str] = set()
    for name, value in answer.headers:
        if name.startswith("x-") and _NAMED_BY.fullmatch(name, 2) and not _CACHE.search(value):
            named.add(f"{name}={value}")
        elif name == "set-cookie" and (cookie := _COOKIE.match(value)):
            # Of a session's own id the part behind its last point names the server.
            node = cookie[2].rpartition(".")[2] if cookie[1].lower() == "jsessionid" else cookie[2]
            if cookie[1].lower() != "jsessionid" or "." in cookie[2]:
                named.add(f"{cookie[1]}={node}")
    return named


def _is_balanced(answer: Response) -> bool:
    return any(name == "set-cookie" and _BALANCER.match(value) for name, value in answer.headers)
