"""The page behind the link in a message: GET shows what it is about and asks for a name, POST acknowledges, once.

Mail scanners follow every link that they see, so nothing is done by a GET. The page shows no evidence and logs nobody
in: a link acknowledges one finding, and tells whoever holds it no more than the message did.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from monitor.alerts.delivery import signed_links
from monitor.alerts.delivery.signed_links import Token
from monitor.findings import handling
from monitor.findings.finding import State
from monitor.findings.handling import Action, ActionKind, Refused, TriageStatus, fold
from monitor.inventory.model.inventory import Acknowledge
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.messages import drills
from monitor.store.tables import actions
from monitor.store.thread import OnLedger
from monitor.web import confirm
from probes.recognise.people.masking import mask_text

log = logging.getLogger("leftopen.web")
LONGEST_NAME = 80
_MOST_POSTED = 4096


class AcknowledgePage:
    """Serves the page: `async with AcknowledgePage(...)`. Raises OSError when its address cannot be had."""

    def __init__(
        self,
        declared: Acknowledge,
        on_ledger: OnLedger,
        now: Callable[[], datetime],
        confirmed: Callable[[], None] = lambda: None,
    ) -> None:
        """`confirmed` is called when a channel was confirmed: what was held for it may go out."""
        self._declared = declared
        self._on_ledger = on_ledger
        self._now = now
        self._confirmed = confirmed
        self._waiting = False
        app = web.Application(client_max_size=_MOST_POSTED)
        app.router.add_get("/{path:.*}", self._show)
        app.router.add_post("/{path:.*}", self._act)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
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
        return await self._answer(request, name=None)

    async def _act(self, request: web.Request) -> web.Response:
        form = await request.post()
        name = form.get("name")
        return await self._answer(request, name=name if isinstance(name, str) else "")

    async def _answer(self, request: web.Request, name: str | None) -> web.Response:
        # A reverse proxy may or may not strip the page's own path: the link's four parts are the last ones.
        path = "/".join(request.path.strip("/").split("/")[-4:])
        try:
            answer = await self._on_ledger(lambda ledger: self._judge(ledger, path, name))
        except LedgerUnusable as error:
            log.error("an acknowledgement could not be recorded: %s", error)
            return _page(503, "Not recorded", "The ledger cannot be written. Tell those who run leftopen.")
        if self._waiting:
            self._waiting = False
            self._confirmed()
        return answer

    def _judge(self, ledger: Ledger, path: str, name: str | None) -> web.Response:
        asked = confirm.judge(ledger, path, name if name is None else _tidy(name), self._now())
        if asked is not None:
            self._waiting = self._waiting or asked.confirmed
            button = "Yes, I am here for them" if asked.asks else ""
            return _page(asked.status, asked.title, asked.text, asks=asked.asks, button=button)
        token = signed_links.read(path, ledger.seal.signature)
        if token is not None and token.finding.startswith(drills.PREFIX):
            return self._answered(ledger, token, name)
        finding = ledger.finding(token.finding) if token is not None else None
        if token is None or finding is None:
            return _page(404, "No such link", "The link is not one of ours, or not whole.")
        done = actions.of_finding(ledger, finding.id)
        stands = fold(done, finding)
        what = f"{finding.id}: {finding.severity.value}, {finding.state.value}, on {finding.asset}."
        if _used(done, token):
            return _page(200, "Already acknowledged", f"{what} This link has been used. It works once.")
        if finding.state not in (State.EXPOSED, State.CLEARING):
            return _page(200, "No longer open", f"{what} There is nothing to take.")
        if stands.standing is not TriageStatus.NEW:
            return _page(200, "Somebody has it", f"{what} It is {stands.standing.value}.")
        if name is None:
            return _page(200, "Take this finding?", what, asks=True)
        said = str(mask_text(_tidy(name)))
        with ledger.step():
            # Read again inside the transaction: two people may press at once.
            done = actions.of_finding(ledger, finding.id)
            action = handling.acknowledge(fold(done, finding), self._now(), said, token.channel)
            if _used(done, token) or isinstance(action, Refused):
                why = action.why if isinstance(action, Refused) else "this link has been used"
                return _page(200, "Not acknowledged", f"{what} {why}.", asks=not said)
            actions.append(ledger, finding.id, _with_token(action, token))
        log.info("%s was acknowledged by a link of channel %s", finding.id, token.channel)
        return _page(200, "Acknowledged", f"{what} Thank you, {said}. It lapses in four hours unless a step follows.")

    def _answered(self, ledger: Ledger, token: Token, name: str | None) -> web.Response:
        """The link of a drill: whoever presses shows that it has reached a person."""
        if not drills.known(ledger, token.finding, token.channel):
            return _page(404, "No such link", "The link is not one of ours, or not whole.")
        what = f"This is a drill of channel {token.channel}; nothing is open."
        if name is None:
            return _page(200, "A drill", what, asks=True)
        said = str(mask_text(_tidy(name)))
        if not said:
            return _page(200, "Not answered", f"{what} Say who you are.", asks=True)
        with ledger.step():
            first = drills.answer(ledger, token.finding, token.channel, self._now(), said)
        return _page(200, "Answered" if first else "Already answered", f"{what} Thank you, {said}.")


def _with_token(action: Action, token: Token) -> Action:
    return Action(action.act, action.at, action.by, channel=action.channel, signature=token.text)


def _used(done: tuple[Action, ...], token: Token) -> bool:
    return any(action.act is ActionKind.ACKNOWLEDGED and action.signature == token.text for action in done)


def _tidy(name: str) -> str:
    return " ".join(name.split())[:LONGEST_NAME]


def _page(status: int, title: str, text: str, *, asks: bool = False, button: str = "I take it") -> web.Response:
    form = (
        f'<form method="post"><label>Your name <input name="name" required maxlength="{LONGEST_NAME}" '
        f'autocomplete="name"></label> <button>{button}</button></form>'
        if asks
        else ""
    )
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><title>{html.escape(title)}</title><h1>{html.escape(title)}</h1>'
        f"<p>{html.escape(text)}</p>{form}</html>"
    )
    return web.Response(
        status=status,
        text=body,
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
