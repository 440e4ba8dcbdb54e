"""One page of keys, asked for: what came, or why none did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Final

from monitor.network.survey.pages import Pages
from monitor.surveys.bucket.concurrency_window import ConcurrencyWindow
from probes.buckets.dialects.list_requests import ListVariant
from probes.reasons import NoAnswerReason
from probes.recognise.buckets.key_page import MOST_BYTES, KeyPage
from probes.requests.http import Ending, NoAnswer, Request, Response

_TRANSIENT: Final = frozenset(
    {NoAnswerReason.TIMED_OUT, NoAnswerReason.RESET, NoAnswerReason.UNREACHABLE, NoAnswerReason.TLS_FAILED}
)


class Kind(Enum):
    """What a question that brought no page means."""

    BUDGET = "the budget ended"
    LATER = "asked again later"
    THROTTLED = "asked too much"
    ODD = "not understood: asked in another way"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Failed:
    """No page, and why."""

    kind: Kind
    why: str


async def fetch_page(
    pages: Pages, allowance: ConcurrencyWindow, way: ListVariant, path: str, *, begun: bool
) -> KeyPage | Failed:
    """Ask for one page of keys; `allowance` hears how long it took, or that it was too much.

    `begun` says whether keys were listed before: a refusal then is one, and no sign of being asked in the wrong way.
    """
    loop = asyncio.get_running_loop()
    since = loop.time()
    answer = await pages.read(Request("GET", path, MOST_BYTES, way.headers, said="{keys}"))
    match answer:
        case NoAnswer(why=NoAnswerReason.BUDGET_SPENT, detail=detail):
            return Failed(Kind.BUDGET, detail)
        case NoAnswer(why=why):
            allowance.refused(since, loop.time())
            return Failed(Kind.LATER if why in _TRANSIENT else Kind.REFUSED, why.value)
        case Response(status=status) if status in (429, 503):
            allowance.refused(since, loop.time())
            return Failed(Kind.THROTTLED, f"status {status}")
        case Response(status=status) if status in (500, 502, 504):
            allowance.refused(since, loop.time())
            return Failed(Kind.LATER, f"status {status}")
        case Response(status=200 | 204, ending=ending):
            if ending is not Ending.WHOLE:
                spent = pages.spent and pages.requests > 1
                return Failed(Kind.BUDGET, "its bytes are spent") if spent else Failed(Kind.LATER, ending.value)
            page = way.read(answer.body)
            if page is None:
                # A page of a front, once in a while, says nothing of the way in which the store was asked.
                return Failed(Kind.LATER, "an answer is no list of keys")
            if not page.whole:
                return Failed(Kind.ODD, "a list of keys is not whole")
            allowance.answered(loop.time() - since)
            return page
        case Response(status=401 | 403 | 404 as status) if begun:
            return Failed(Kind.REFUSED, f"status {status}")
        case Response(status=status):
            return Failed(Kind.ODD, f"status {status}")
