"""How every service that speaks HTTP is looked at: what it holds, and beside it something that cannot exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from probes.api import Clear, Count, Dialogue, Exposed, Place, ServiceTarget, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.complaints import LONGEST_NOTE, complains, wants_certificate
from probes.recognise.pages.page_kind import PageKind, leads_to_login, page
from probes.recognise.stores.web import Held, NotTheStore, Withheld, refusal
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, exchanged, one
from probes.requests.stream import Disconnect, Exchange, Received, Some
from probes.services._connect import Undecided, answered, opened, silent, twice
from probes.services.web.tokens import Told, asked_with_token

_LONGEST = 1 << 20
_NOTHING = re.compile(rb"(?!)")
_LEADS = frozenset({301, 302, 303, 307, 308})
_PATH = re.compile(r"/(?!/)[\x21-\x7e]{0,2048}")
"""Where an answer leads that stays at its server."""
_REFUSALS = (ClosedReason.LOGIN_DEMANDED, ClosedReason.DENIED, ClosedReason.NOT_FOUND)
"""After these another door may be open; a port of another protocol has none."""


@dataclass(frozen=True, slots=True)
class More:
    """A second question to one that has answered the first."""

    path: str
    read: Callable[[int, bytes], Held | None]
    """From the status and the body to what else it holds; None when it does not tell."""
    why: OpenReason | None = None
    """What an answer shows, if that is more than the first question did."""
    withheld: OpenReason | None = None
    """What it means that it does not tell."""
    where_empty: bool = False
    """Whether it is asked where the first answer shows nothing, and there alone; its counts then stand for both."""


@dataclass(frozen=True, slots=True)
class Door:
    """Another way to what a product holds, which may be open where its list is refused."""

    path: str
    read: Callable[[bytes], Held]
    """Raises NotTheStore, or Withheld."""
    canary: str
    missing: Callable[[int, bytes], bool]
    """Raises NotTheStore."""
    beginning: int = 0
    setup: bool = False
    """Whether it shows that nobody has set the product up yet, rather than what it holds."""


@dataclass(frozen=True, slots=True)
class WebStore:
    """What is asked of a product, and how its answers are read. `{nonce}` and `{uid}` in a path are chance."""

    kind: str
    says: str
    path: str
    read: Callable[[bytes], Held]
    """Raises NotTheStore, or Withheld."""
    canary: str
    """The path of something that cannot exist."""
    missing: Callable[[int, bytes], bool]
    """From status and body, whether that is said to be missing, in the product's own words. Raises NotTheStore."""
    refused: Callable[[bytes], bool] = refusal
    """Whether a body of 401 or 403 is the product's own refusal. Raises NotTheStore."""
    control: bool = False
    """Whether whoever may ask may also change things."""
    reads_in_clear: bool = False
    """Whether that does not hold in clear text, where it stands at a second port for reading alone."""
    beginning: int = 0
    """So many first bytes of the answer are enough, and no more is read; 0: the whole is read."""
    more: More | None = None
    base: bool = False
    """Whether it stands at a path of its own, so that 404 says that it is not there."""
    instead: tuple[Door, ...] = ()
    """What is asked where the first question is refused."""
    tokens: bool = False
    """Whether it may send its askers to somebody who issues tokens, to strangers too."""
    older: Door | None = None
    """What is asked of one that does not know the first question: a release before it, or another edition."""
    told_by_all: More | None = None
    """What a front that refuses some questions mostly lets through: where it does, the refusal is of the question, and
    not of who asks."""
    one_lock: bool = False
    """Whether its own refusal is of all that it serves: its other doors are tried where something in front refuses, or
    does not pass on, the first question."""
    unclaimed: Callable[[bytes], bool] | None = None
    """Whether a body of 403 says that nobody has set it up yet. Raises NotTheStore."""


def at_root(store: WebStore) -> Callable[[ServiceTarget], Dialogue]:
    """The look at a product that stands at the root of its port."""

    def look(target: ServiceTarget) -> Dialogue:
        """Ask what it holds, and for something that cannot exist; then again over a new connection."""
        return ((yield from looked(store, target, target.place("/"))),)

    return look


def looked(store: WebStore, target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Verdict]:
    """Ask what it holds, and for something that cannot exist; then the same over a new connection. What is said at `/`
    proves nothing, and is not asked for."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    yield from exchanged(Disconnect())
    return (yield from twice(lambda: _by_any_door(store, target, place)))


def based(store: WebStore, base: str) -> WebStore:
    """The same product below a path."""
    doors = tuple(replace(door, path=base + door.path, canary=base + door.canary) for door in store.instead)
    return replace(store, path=base + store.path, canary=base + store.canary, instead=doors)


def _through(store: WebStore, door: Door, *, base: bool) -> WebStore:
    """The product as it is asked by another question."""
    return replace(
        store, path=door.path, read=door.read, canary=door.canary, missing=door.missing, beginning=door.beginning,
        more=None, base=base, control=False,
    )  # fmt: skip


def _by_any_door(store: WebStore, target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Exposed | Undecided]:
    """What it shows a stranger, by its list or, where that is refused, by another door. It is closed where all are."""
    shown = yield from _shown(store, target, place)
    if store.older is not None and _may_be_older(target, shown):
        by_older = yield from _shown(_through(store, store.older, base=False), target, place)
        if isinstance(by_older, Exposed) or (isinstance(shown, Unknown) and isinstance(by_older, Clear)):
            return by_older
        # What was open by the other question is closed where that is refused too.
        if isinstance(by_older, Unknown) and target.known:
            return by_older
    by_front = _refused_by_front(shown) or (store.one_lock and _not_passed_on(shown))
    if not by_front and (store.one_lock or not isinstance(shown, Clear) or shown.why not in _REFUSALS):
        return shown
    if by_front and store.told_by_all is not None:
        held, _ = yield from _more(store.told_by_all, Held(empty=True))
        shown = shown if held.empty else Clear(place, store.kind, ClosedReason.DENIED)
    for door in store.instead:
        found = yield from _shown(_through(store, door, base=True), target, place)
        if by_front and not isinstance(found, Exposed) and (store.told_by_all is None or _refused_by_front(found)):
            # A front may refuse one question and let another through; what it refuses says nothing of the store.
            continue
        if isinstance(found, Exposed) and door.setup:
            proof = (Proof(ProofStep.SETUP_OFFERED), Proof(ProofStep.SHARE_CANARY))
            return replace(found, why=OpenReason.SETUP_OPEN, proof=proof)
        if not isinstance(found, Clear):
            return found
    return shown


def _refused_by_front(shown: Exposed | Undecided) -> bool:
    return isinstance(shown, Unknown) and shown.why is UndecidedReason.REFUSED_BY_FRONT


def _not_passed_on(shown: Exposed | Undecided) -> bool:
    return isinstance(shown, Unknown) and shown.why is UndecidedReason.NOT_A_STORE


def _may_be_older(target: ServiceTarget, shown: Exposed | Undecided) -> bool:
    """Whether it is asked in the other way: it did not know the first question, or refuses that alone."""
    if isinstance(shown, Unknown):
        return shown.why in (UndecidedReason.NOT_A_STORE, UndecidedReason.REFUSED_BY_FRONT)
    return isinstance(shown, Clear) and (shown.why is ClosedReason.DENIED or bool(target.known))


def _shown(store: WebStore, target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Exposed | Undecided]:
    """What it tells a stranger that it holds, when something that cannot exist is missing; or why it does not."""
    asked = yield from _asked(store, place, Request("GET", store.path, store.beginning or _LONGEST, fresh=True))
    if isinstance(asked, Unknown):
        return asked
    told = asked.answer
    if isinstance(told, NoAnswer) and told.why in (
        NoAnswerReason.NOT_HTTP,
        NoAnswerReason.HTTP_2,
        NoAnswerReason.TIMED_OUT,
    ):
        return (yield from _spoken(store, target, place, told))
    if _is_unclaimed(store, told):
        return (yield from _unclaimed(store, target, place))
    if isinstance(told, Response) and told.status in _LEADS:
        return (yield from _led_away(store, target, place, told))
    if isinstance(told, Response) and told.status in (401, 403) and told.body[:1] == b"<" and store.beginning:
        # A login is known by its whole page.
        told = yield from one(Request("GET", store.path, LONGEST_NOTE))
    refused = _undecided(store, place, told)
    if refused is not None or isinstance(told, NoAnswer):
        return replace(refused, facts=asked.facts) if refused else Unknown(place, store.kind, NoAnswerReason.BUG)
    try:
        held = store.read(told.body) if told.status == 200 else Held(empty=True)
    except Withheld:
        return Clear(place, store.kind, ClosedReason.DENIED)
    except NotTheStore:
        return Unknown(place, store.kind, UndecidedReason.NOT_A_STORE, "no answer of such a store")
    present = yield from _canary(store, target, place)
    if present is not None:
        return present
    shown = Exposed(place, store.kind, OpenReason.STORE_EMPTY if held.empty else OpenReason.STORE_OPEN)
    if store.more is not None and (held.empty or not store.more.where_empty):
        held, why = yield from _more(store.more, held)
        shown = replace(shown, why=why or (OpenReason.STORE_EMPTY if held.empty else OpenReason.STORE_OPEN))
    step = ProofStep.LET_IN if held.empty else ProofStep.STORE_COUNTS if held.counts else ProofStep.STORE_NAMES
    return replace(
        shown,
        why=OpenReason.FULL_CONTROL if store.control and (target.tls or not store.reads_in_clear) else shown.why,
        counted=() if held.empty else tuple(Count(things, number) for things, number in held.counts),
        facts=asked.facts,
        proof=(Proof(step), Proof(ProofStep.SHARE_CANARY)),
    )


def _asked(store: WebStore, place: Place, request: Request) -> Generator[Ask, Reply, Told | Unknown]:
    if store.tokens:
        return (yield from asked_with_token(place, store.kind, request))
    return Told((yield from one(request)))


def _more(more: More, held: Held) -> Generator[Ask, Reply, tuple[Held, OpenReason | None]]:
    """What a second question shows beside the first."""
    told = yield from one(Request("GET", more.path, _LONGEST))
    if isinstance(told, NoAnswer) or told.ending is not Ending.WHOLE:
        return held, None
    try:
        found = more.read(told.status, told.body)
    except NotTheStore:
        return held, None
    if found is None:
        return held, more.withheld
    first = () if more.where_empty else held.counts
    return Held(first + found.counts, held.empty and found.empty), more.why


def _canary(store: WebStore, target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Unknown | None]:
    """Why its answers prove nothing: what cannot exist is not said to be missing. None when it is."""
    uid = int.from_bytes(target.nonce.encode()[-12:], "big")
    request = Request("GET", store.canary.format(nonce=target.nonce, uid=f"2.25.{uid}"), 16_384)
    asked = yield from _asked(store, place, request)
    if isinstance(asked, Unknown):
        return asked
    told = asked.answer
    if isinstance(told, NoAnswer):
        return Unknown(place, store.kind, told.why, told.detail)
    try:
        if store.missing(told.status, told.body):
            return None
    except NotTheStore:
        pass
    why = UndecidedReason.CATCH_ALL if told.status == 200 else UndecidedReason.CANARY_FAILED
    return Unknown(place, store.kind, why, "something that cannot exist is not said to be missing")


def _to_login(told: Answer) -> bool:
    return isinstance(told, Response) and told.status in _LEADS and leads_to_login(told.headers.get("location"))


def _led_away(store: WebStore, target: ServiceTarget, place: Place, told: Response) -> Generator[Ask, Reply, Undecided]:
    """The verdict where a stranger is sent elsewhere: it is closed where any path leads to a login, by itself or, as
    JupyterHub does, by way of another path of the same server."""
    to_login = yield from _ends_at_login(told, store.path)
    away = _other_site(target, told)
    if to_login is None and not away:
        return Unknown(place, store.kind, UndecidedReason.NOT_A_STORE, f"status {told.status}")
    missing = f"/{target.nonce}"
    any_path = yield from one(Request("GET", missing, 16_384))
    if isinstance(any_path, NoAnswer):
        return Unknown(place, store.kind, any_path.why, any_path.detail)
    if (yield from _ends_at_login(any_path, missing)):
        return Clear(place, store.kind, ClosedReason.LOGIN_DEMANDED)
    if away and away == _other_site(target, any_path):
        return Clear(place, store.kind, ClosedReason.LEADS_ELSEWHERE)
    return Unknown(place, store.kind, UndecidedReason.NOT_A_STORE, "its list alone leads to a login")


def _other_site(target: ServiceTarget, told: Answer) -> str:
    """The page of another host to which an answer leads, without its query; empty where it leads to none. One that
    leads every path to the same page gives nothing away here: a sign-on that stands before the product."""
    location = told.headers.get("location") if isinstance(told, Response) and told.status in _LEADS else ""
    try:
        url = urlsplit(location)
        host = url.hostname
    except ValueError:
        return ""
    if not host or host in (target.name, target.host, target.address):
        return ""
    return f"{host}{url.path}"


def _ends_at_login(told: Answer, asked: str) -> Generator[Ask, Reply, bool | None]:
    """Whether the answer to what was `asked` leads to a login, at once or by one more step: True; or to where nothing
    is served: False. None where it leads anywhere else."""
    if _to_login(told):
        return True
    if not isinstance(told, Response) or told.status not in _LEADS:
        return None
    path = told.headers.get("location")
    if not _PATH.fullmatch(path):
        return None
    # Where it leads is the server's word: it may name somebody, and is recorded under a name of ours.
    then = yield from one(Request("GET", path, 16_384, said=f"{asked}{{redirect 1}}"))
    if _to_login(then):
        return True
    return False if isinstance(then, Response) and then.status in (401, 403, 404) else None


def _is_unclaimed(store: WebStore, told: Answer) -> bool:
    if store.unclaimed is None or isinstance(told, NoAnswer) or told.status != 403:
        return False
    try:
        return store.unclaimed(told.body)
    except NotTheStore:
        return False


def _unclaimed(store: WebStore, target: ServiceTarget, place: Place) -> Generator[Ask, Reply, Exposed | Unknown]:
    """The verdict on one that nobody has set up, when it does not say so at a path that cannot exist."""
    told = yield from one(Request("GET", f"/{target.nonce}", 16_384))
    if isinstance(told, NoAnswer):
        return Unknown(place, store.kind, told.why, told.detail)
    if told.status != 404:
        return Unknown(place, store.kind, UndecidedReason.CANARY_FAILED, "a path that cannot exist is answered too")
    proof = (Proof(ProofStep.SETUP_OFFERED), Proof(ProofStep.SHARE_CANARY))
    return Exposed(place, store.kind, OpenReason.SETUP_OPEN, proof=proof)


def _undecided(store: WebStore, place: Place, told: Response | NoAnswer) -> Undecided | None:
    """What an answer says that is no whole 200; None for one that is."""
    if isinstance(told, NoAnswer):
        return silent(place, store.kind, told)
    match told.status:
        case 200 if told.ending is Ending.WHOLE or (told.ending is Ending.CUT and store.beginning):
            return None
        case 204 if store.base:
            return None
        case 200:
            cut = told.ending is Ending.CUT
            return Unknown(place, store.kind, UndecidedReason.BODY_TOO_LARGE if cut else UndecidedReason.BODY_BROKEN)
        case 401 if told.headers.get("www-authenticate") or _refused(store, told.body):
            return Clear(place, store.kind, ClosedReason.LOGIN_DEMANDED)
        # Some releases refuse a stranger as they fail, by 500.
        case 403 | 500 if _refused(store, told.body):
            return Clear(place, store.kind, ClosedReason.DENIED)
        case 401 | 403:
            return _by_page(store, place, told)
        case 400 | 496 if wants_certificate(told.body):
            return Clear(place, store.kind, NoAnswerReason.CLIENT_CERTIFICATE)
        case 404 if store.base:
            return Clear(place, store.kind, ClosedReason.NOT_FOUND)
        case 429:
            return Unknown(place, store.kind, UndecidedReason.THROTTLED)
        case status if status >= 500:
            return Unknown(place, store.kind, UndecidedReason.SERVER_ERROR)
        case status:
            return Unknown(place, store.kind, UndecidedReason.NOT_A_STORE, f"status {status}")


def _by_page(store: WebStore, place: Place, told: Response) -> Undecided:
    """What a refusal says that is not in the product's words: a login, an interface before it, a filter."""
    shown = page(told.body, told.type, told.status, tuple(told.headers)).kind
    if shown is PageKind.BLOCK_PAGE:
        return Unknown(place, store.kind, UndecidedReason.FILTERED)
    if told.status == 401 or shown is PageKind.LOGIN_WALL:
        return Clear(place, store.kind, ClosedReason.LOGIN_DEMANDED)
    # Of some answers the beginning alone is read.
    if complains(told.body) or (store.beginning and told.body[:1] == b"{"):
        return Clear(place, store.kind, ClosedReason.DENIED)
    return Unknown(place, store.kind, UndecidedReason.REFUSED_BY_FRONT)


def _refused(store: WebStore, body: bytes) -> bool:
    try:
        return store.refused(body)
    except NotTheStore:
        return False


def _spoken(store: WebStore, target: ServiceTarget, place: Place, told: NoAnswer) -> Generator[Ask, Reply, Undecided]:
    """What a port that does not answer in HTTP greets with: another protocol's own words are a clear answer."""
    connected = yield from opened(target, place)
    if not isinstance(connected, Received):
        return connected
    greeting = yield from exchanged(Exchange(None, Some()))
    yield from exchanged(Disconnect())
    verdict = answered(target, place, greeting, _NOTHING)
    return verdict if isinstance(verdict, Clear) else Unknown(place, store.kind, told.why, told.detail)
