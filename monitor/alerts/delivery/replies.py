"""What a service answers over HTTP, as a delivery's own process hears it: apprise tells a status alone, in its log.

apprise asks by requests, and requests unpacks a whole answer into memory, however much becomes of it. Here no more than
MOST bytes of an answer are unpacked, and what it says of time and of a failure is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from requests import PreparedRequest, Response, sessions
from requests.adapters import HTTPAdapter

from monitor.alerts.delivery.ended import asks_for_password
from monitor.network.http.retry_after import retry_after

MOST: Final = 1 << 20
"""Bytes of an unpacked answer: the services of docs/channels.md answer with less than 2 KB."""
_PIECE: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to a message, or to a question that a service has us ask first."""

    posted: bool
    """Whether it answers what may be the message, and no question (GET)."""
    status: int
    retry_after: str
    body: bytes
    """At most MOST bytes, unpacked."""

    def wait(self, now: datetime) -> float:
        """Seconds to be left alone for, as 429 (RFC 6585) and 503 (RFC 9110) may ask; 0 when nothing is asked."""
        return retry_after(self.retry_after, now) if self.status in (429, 503) else 0.0


def listen() -> list[Reply]:
    """From now on, in this process, no answer is read beyond MOST, and each one is added to the list."""
    heard: list[Reply] = []

    class Bounded(HTTPAdapter):
        """How a session of requests sends; each session makes its own of the class that is named in its module."""

        def send(self, request: PreparedRequest, *args: Any, **named: Any) -> Response:
            """Send it, and read at most MOST bytes of the answer. Raises what requests raises."""
            answer = super().send(request, *args, **named)
            body = bytearray()
            for piece in answer.iter_content(_PIECE):
                body += piece
                if len(body) >= MOST:
                    break
            answer.close()
            # What is here is read by whoever asks for the content, and nothing more from the connection.
            answer._content = bytes(body[:MOST])
            answer._content_consumed = True
            said = str(answer.headers.get("retry-after", ""))
            heard.append(Reply(request.method != "GET", answer.status_code, said, answer._content))
            return answer

    sessions.HTTPAdapter = Bounded  # type: ignore[attr-defined]
    return heard


_SAYS: Final[dict[str, Callable[[dict[str, Any]], bool]]] = {
    # https://46elks.com/docs/send-sms: "status": created, sent, delivered or failed, in an answer 200.
    **dict.fromkeys(("46elks", "elks"), lambda said: said.get("status") == "failed"),
    # https://www.twilio.com/docs/messaging/api/message-resource#message-status-values, in an answer 201.
    "twilio": lambda said: said.get("status") in ("failed", "undelivered", "canceled"),
    # https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages: errcode 0 is success, always 200.
    "dingtalk": lambda said: said.get("errcode", 0) != 0,
    # https://developer.work.weixin.qq.com/document/path/90313: the same.
    "wecombot": lambda said: said.get("errcode", 0) != 0,
    # https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot: code 0 is success, also in an answer 200.
    **dict.fromkeys(("lark", "feishu"), lambda said: said.get("code", 0) != 0),
}
"""Services whose documentation has a failure in the body of an answer 2xx, by the scheme of their address."""


def says_no(scheme: str, body: bytes) -> bool:
    """Whether the body of an answer 2xx says that the message was not taken.

    `"ok": false` is the word for it of Slack (https://docs.slack.dev/apis/web-api/#responses), Telegram
    (https://core.telegram.org/bots/api#making-requests) and what imitates them, `"success": false` that of Rocket.Chat
    and others; docs/channels.md has both for a receiver of the text too. No service says so of what it has taken.
    """
    if asks_for_password(body):
        return True
    said: Any = None
    with suppress(ValueError, RecursionError):
        said = json.loads(body)
    if not isinstance(said, dict):
        return False
    return said.get("ok") is False or said.get("success") is False or _SAYS.get(scheme, _nothing)(said)


def refused_in_body(scheme: str, replies: Iterable[Reply]) -> tuple[str, bool]:
    """Why a message that a service answered 2xx was not taken, and whether all of its answers say so.

    The reason is empty where none does; it is in our words, and holds nothing of the answer but its status.
    """
    posts = [one for one in replies if one.posted and 200 <= one.status < 300]
    said_no = [one for one in posts if says_no(scheme, one.body)]
    if not said_no:
        return "", False
    return f"answered {said_no[0].status}, and says in it that it did not take it", len(said_no) == len(posts)


def _nothing(_: dict[str, Any]) -> bool:
    return False
