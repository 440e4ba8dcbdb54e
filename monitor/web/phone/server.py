"""Serves the page behind the link in a message: GET shows, POST does what the person chose.

Mail scanners follow every link that they see, so nothing is done by a GET. A link lets its holder speak for one channel
about one finding; it logs nobody in, and shows no more than the message did.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from monitor.alerts.delivery import signed_links
from monitor.alerts.delivery.signed_links import Sign, Token
from monitor.alerts.routing.recipients import Language
from monitor.inventory.model.inventory import Acknowledge, Inventory
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.messages import drills
from monitor.store.thread import OnLedger
from monitor.web.phone.choices import Choice, still_theirs
from monitor.web.phone.finding_page import Posted, finding_page
from monitor.web.phone.other_pages import drill_page, problem_page, question_page
from monitor.web.phone.page import HEADERS, Page, html_of
from monitor.web.protection.connections import SERVER_LOG, Connections
from monitor.web.protection.limits import Limits
from probes.recognise.people.masking import mask_text

log = logging.getLogger("leftopen.web")
LONGEST_NAME = 80
LONGEST_WORDS = 200
_MOST_POSTED = 4096
MOST_CONNECTIONS = 64
"""Connections at a time. The rounds need descriptors too, and a system lends 1024 by default."""
WRONG_LINKS = 30
"""Links that are not signed by us, from one address in a minute."""


class AcknowledgePage:
    """Serves the page: `async with AcknowledgePage(...)`. Raises OSError when its address cannot be had."""

    def __init__(
        self,
        declared: Acknowledge,
        inventory: Callable[[], Inventory],
        on_ledger: OnLedger,
        now: Callable[[], datetime],
        acted: Callable[[], None] = lambda: None,
    ) -> None:
        """`acted` is called when something was done that owes a message, or lets one go that was held."""
        self._declared = declared
        self._inventory = inventory
        self._on_ledger = on_ledger
        self._now = now
        self._acted = acted
        self._sign: Sign | None = None
        self._limits = Limits()
        app = web.Application(client_max_size=_MOST_POSTED)
        app.router.add_get("/{path:.*}", self._show)
        app.router.add_post("/{path:.*}", self._act)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=SERVER_LOG,
            handle_signals=False,
            keepalive_timeout=15,
            max_line_size=4096,
            max_field_size=4096,
        )
        self._connections: Connections | None = None

    async def __aenter__(self) -> Self:
        # A link is judged without the ledger: whoever guesses costs the rounds nothing.
        self._sign = await self._on_ledger(lambda ledger: ledger.seal.signature)
        await self._runner.setup()
        if self._runner.server is not None:
            self._connections = Connections(self._runner.server, MOST_CONNECTIONS)
        try:
            await web.TCPSite(self._runner, self._declared.listen.address, self._declared.listen.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _show(self, request: web.Request) -> web.Response:
        return await self._answer(request, None, "", "")

    async def _act(self, request: web.Request) -> web.Response:
        form = await request.post()

        def field(name: str, most: int) -> str:
            value = form.get(name)
            return str(mask_text(" ".join(value.split())[:most])) if isinstance(value, str) else ""

        return await self._answer(
            request, field("name", LONGEST_NAME), field("said", LONGEST_WORDS), field("choice", 20)
        )

    async def _answer(self, request: web.Request, by: str | None, said: str, choice: str) -> web.Response:
        if self._connections is not None:
            self._connections.spoke(request.protocol)
        language = _language_of(request)
        try:
            page = await self._page(request, by, said, choice, language)
        except LedgerUnusable as error:
            log.error("the page behind a link could not be served: %s", error)
            page = problem_page(self._inventory(), language, 503, "broken")
        except Exception:
            log.exception("the page behind a link failed; that is a bug of ours")
            page = problem_page(self._inventory(), language, 500, "broken")
        return web.Response(status=page.code, text=html_of(page), content_type="text/html", headers=HEADERS)

    async def _page(self, request: web.Request, by: str | None, said: str, choice: str, language: Language) -> Page:
        # A reverse proxy may or may not strip the page's own path: the link's four parts are the last ones.
        path = "/".join(request.path.strip("/").split("/")[-4:])
        token = signed_links.read(path, self._sign) if self._sign is not None else None
        address, inventory = request.remote or "", self._inventory()
        question = token is None and path.startswith("confirm/") and path.count("/") == 3
        # A link that is ours works however many wrong ones came from where its holder is.
        if token is None and self._limits.wait(address, WRONG_LINKS, asyncio.get_running_loop().time()):
            return problem_page(inventory, language, 429, "limit")
        confirmed = False
        page: Page | None = None
        if token is not None:
            page = await self._on_ledger(lambda ledger: self._of_token(ledger, inventory, token, by, said, choice))
        elif question:
            page, confirmed = await self._on_ledger(
                lambda ledger: question_page(ledger, inventory, path, by, self._now())
            )
        if page is None:
            return problem_page(inventory, language, 404, "no-link")
        if confirmed or (by and token is not None):
            self._acted()
        return page

    def _of_token(
        self, ledger: Ledger, inventory: Inventory, token: Token, by: str | None, said: str, choice: str
    ) -> Page | None:
        if token.finding.startswith(drills.PREFIX):
            return drill_page(ledger, inventory, token, by, self._now())
        if not still_theirs(ledger, inventory, token):
            return None  # as a link that is none: what is not theirs any more does not exist for them
        # A browser that sends no button sends the form by its first one.
        chosen = Choice(choice) if choice in tuple(Choice) else Choice.TAKE
        posted = None if by is None else Posted(chosen, by, said)
        if by:
            log.info("%s: %s, by a link of channel %s", token.finding, chosen.value, token.channel)
        return finding_page(ledger, inventory, token, posted, self._now())


def _language_of(request: web.Request) -> Language:
    """The language of a page that is of no party: Swedish where the browser asks for it first."""
    return "sv" if request.headers.get("Accept-Language", "").lower().startswith("sv") else "en"
