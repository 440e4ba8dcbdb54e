"""Parts of a page that stand elsewhere: what its frames show, and what its own scripts draw.

The own scripts of a short page are read, and none is run. What they say stands in the page then, as though it had been
written there, and tells whether they load or hold rows, and from where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from probes.api import Clear, Exposed, Verdict, WebTarget
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.listing.model import Listing
from probes.recognise.media.kinds import KINDS_OF_DATA
from probes.recognise.pages.evidence import drawing_sources, tells_nothing
from probes.recognise.pages.page_kind import PageKind
from probes.recognise.pages.page_parts import PageParts, read_page
from probes.recognise.pages.plain import as_text
from probes.recognise.pages.script_loads import collections_of, variants_of
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response, one
from probes.web._folder_page import leads_to_act, listing_in, loaded_by_script, loads, loads_of, room_for_rows
from probes.web._outcome import Closed, Undecided, page_of, unserved
from probes.web._redirects import frames_of, here_at, named_here
from probes.web.proof.canary import same
from probes.web.proof.witness import Beside, Read, few
from probes.web.ways.script_shell import shell_in

_SCRIPT = 1 << 17
"""Bytes of a script that are read: more is an application."""
_APPLICATION = 1 << 20
"""Bytes of an application's script that are read, on assets with declared data."""
_LONG = 1 << 16
"""Of a longer script of an application only what it loads is kept."""
_MOST = 4
_ELEMENT = re.compile(
    rb"<script\b[^<>]{0,400}?\bsrc\s{0,4}=\s{0,4}[\"']?([^\"'\s<>]{1,2048})[^<>]{0,400}>[^<]{0,400}</script\s{0,8}>",
    re.IGNORECASE,
)
_A_PAGE = re.compile(rb"\s*<(?!!--)")
_ENDS = re.compile(rb"</(?=script)", re.IGNORECASE)


def with_scripts(
    target: WebTarget, path: str, answer: Answer, canary: Beside
) -> Generator[Ask, Reply, tuple[Answer, Read]]:
    """The answer to a folder with its own scripts written into it, and how such pages are read; as it came where it
    loads none that matter. A script that is not read, or does more than decorate, stays a script of the page's own."""
    if not isinstance(answer, Response) or answer.status != 200 or answer.ending is not Ending.WHOLE:
        return answer, listing_in
    told = page_of(answer)
    application = () if told.scripts else _of_application(target, answer, told.kind)
    found = {src: here_at(target, path, src) for src in told.scripts or application}
    paths = {src: at for src, at in found.items() if at}
    acts = any(map(leads_to_act, paths.values()))
    if acts or not 0 < len(paths) <= _MOST or same(answer, path, canary.answer, canary.path):
        return answer, listing_in
    texts: dict[bytes, bytes] = {}
    for number, (src, at) in enumerate(paths.items(), 1):
        most = _APPLICATION if application else _SCRIPT
        script = yield from one(Request("GET", at, most, said=f"{path}{{script {number}}}"))
        text = _text_of(script)
        if application and text is not None and len(text) > _LONG:
            text = _loads_alone(text)
        unread = b'<script src="' + at.encode("ascii", "replace") + b'"></script>'
        written = b"" if text is None else b"<script>" + text + b"</script>"
        if text is None or not tells_nothing(as_text(text)):
            # What it draws is not known by reading: it stays a script of the page's own.
            written += unread
        texts[src.encode("utf-8", "replace")] = written
    whole = replace(answer, body=_written_in(answer.body, texts))
    if not told.alone and page_of(whole).kind is not PageKind.SHELL:
        # A page with room for more is not whole because nobody saw what fills it.
        return answer, listing_in

    def read(target: WebTarget, asked: str, answer: Answer) -> Listing | None:
        if isinstance(answer, Response):
            answer = replace(answer, body=_written_in(answer.body, texts))
        return listing_in(target, asked, answer)

    return whole, read


def _of_application(target: WebTarget, answer: Response, kind: PageKind) -> tuple[str, ...]:
    """The scripts of a page that they fill, on an asset with declared data: where its rows come from stands in them.
    A product that is known is asked through its interface, and needs no script."""
    if target.data not in KINDS_OF_DATA or kind not in (PageKind.SHELL, PageKind.ORDINARY):
        return ()
    page = read_page(as_text(answer.body))
    if kind is PageKind.ORDINARY and not room_for_rows(answer.body):
        return ()
    return () if shell_in(answer) is not None else drawing_sources(page)


def _loads_alone(script: bytes) -> bytes:
    """Of the script of an application what it asks for, as a script of nothing else. What it puts together is asked for
    as well: where it loads anything, what is found is not all."""
    text = as_text(script)
    found = [one for one in loaded_by_script(PageParts(script=text)) if not leads_to_act(one)]
    rest = ["fetch(address);"] if loads(text) else []
    return "\n".join([*(f"fetch({json.dumps(one)});" for one in found[:MOST_FRAMES]), *rest]).encode("ascii", "replace")


def _text_of(script: Answer) -> bytes | None:
    """What a script says; nothing where there is none, or a page in its place. None where that was not seen."""
    if not isinstance(script, Response):
        return None
    if script.status in (404, 410):
        return b""
    if script.status != 200 or script.ending is not Ending.WHOLE:
        return None
    # `<!--` begins a comment in a script too, of one line (ECMA-262, B.1.1).
    return b"" if _A_PAGE.match(script.body) else _ENDS.sub(rb"<\\/", script.body.replace(b"<!--", b"//"))


def _written_in(body: bytes, texts: Mapping[bytes, bytes]) -> bytes:
    return _ELEMENT.sub(lambda found: texts.get(found[1].replace(b"&amp;", b"&"), found[0]), body)


MOST_FRAMES = 4
"""Frames of one page that are looked at."""
MAY_FRAME = frozenset(
    {
        UndecidedReason.REDIRECTED,
        UndecidedReason.DRAWN_BY_SCRIPT,
        ClosedReason.NO_LISTING,
        ClosedReason.LOGIN_WALL,
    }
)
"""What a page says of itself whose frames may show a list."""


_REFUSED = frozenset({ClosedReason.LOGIN_DEMANDED, ClosedReason.FORBIDDEN, ClosedReason.LOGIN_WALL})


def parts_of(target: WebTarget, path: str, answer: Answer, told: Verdict) -> tuple[tuple[str, ...], bool]:
    """The paths of what stands elsewhere and belongs to a page: its frames, or the collections that the root of an
    interface links to, a few of them where there are many; and whether these are all."""
    if told.why in MAY_FRAME:
        frames = frames_of(target, path, answer)
        return frames[:MOST_FRAMES], len(frames) <= MOST_FRAMES
    if told.why is not UndecidedReason.MEANING_UNKNOWN or not isinstance(answer, Response) or answer.status != 200:
        return (), True
    # Relative addresses of an interface are counted from its root, whether it ends with a slash or not.
    root = path.partition("?")[0].rstrip("/") + "/"
    linked = collections_of(as_text(answer.body))
    if not linked:
        linked = variants_of(as_text(answer.body))[:_FEW_COLLECTIONS]
        root = path.partition("?")[0]
    whole = len(linked) <= _MOST_COLLECTIONS
    paths = [named_here(target, root, one) for one in (linked if whole else few(linked, _FEW_COLLECTIONS))]
    return (tuple(dict.fromkeys(paths)), whole) if all(paths) else ((), False)


_MOST_COLLECTIONS = 8
_FEW_COLLECTIONS = 3
"""The first, the last and one between: enough to find most open interfaces, and never enough to call one closed."""


def not_read(at: str, answer: Answer, reading: Undecided) -> bool:
    """Whether a page was not read, as one that a script draws: a login takes any query that says where it leads on, and
    may offer ways to sign in in place of fields."""
    if reading.why is UndecidedReason.CATCH_ALL and "?" in at and isinstance(answer, Response):
        return page_of(answer).kind in (PageKind.SHELL, PageKind.ORDINARY)
    return reading.why in (UndecidedReason.DRAWN_BY_SCRIPT, UndecidedReason.BODY_UNREADABLE)


def _loads_refused(
    answer: Answer, frames: Sequence[str], inside: Sequence[Verdict], others: Sequence[str]
) -> Generator[Ask, Reply, bool]:
    """Whether all that a page could show is refused: its rows are drawn by a script that stands in it, each of whose
    loads names its address as it is, and each of these addresses refuses a stranger. `others` of them have a verdict
    of their own, and are asked once more."""
    if not isinstance(answer, Response) or not all(one.why in _REFUSED for one in inside):
        return False
    page = read_page(as_text(answer.body))
    if page.sources or page.frames or page.refreshes:
        return False
    if not 0 < loads_of(page.script) <= len(loaded_by_script(page)) <= len(frames):
        return False
    for path in others:
        told = unserved((yield from one(Request("GET", path, _SCRIPT))))
        if not isinstance(told, Closed) or told.why not in _REFUSED:
            return False
    return True


def of_frames(
    target: WebTarget,
    path: str,
    answer: Answer,
    told: tuple[Verdict, ...],
    frames: Sequence[str],
    inside: Sequence[Verdict],
    others: Sequence[str],
    *,
    whole: bool,
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdicts about a page with frames: what its frames show, and clear where it is nothing but frames, and all
    of them are. `others` have a verdict of their own. `whole`: every frame was looked at."""
    if opened := [verdict for verdict in inside if isinstance(verdict, Exposed)]:
        return (Clear(target.place(path), "listing", ClosedReason.LOOKED_AT_THERE, told[0].facts), *opened, *told[1:])
    clear = [verdict for verdict in inside if isinstance(verdict, Clear)]
    refused = whole and inside and len(clear) == len(inside) and all(one.why in _REFUSED for one in clear)
    if refused and told[0].why is UndecidedReason.MEANING_UNKNOWN:
        # The root of an interface names its collections alone, and each of them is refused.
        return (Clear(target.place(path), "listing", ClosedReason.NO_LISTING, told[0].facts), *told[1:])
    drawn = whole and told[0].why is UndecidedReason.DRAWN_BY_SCRIPT
    if drawn and (yield from _loads_refused(answer, frames, inside, others)):
        return (Clear(target.place(path), "listing", ClosedReason.FORBIDDEN, told[0].facts), *told[1:])
    closed = whole and len(inside) > 1 and len(clear) == len(inside)
    if closed and told[0].why is UndecidedReason.REDIRECTED:
        return (Clear(target.place(path), "listing", ClosedReason.NO_LISTING, told[0].facts), *told[1:])
    return told
