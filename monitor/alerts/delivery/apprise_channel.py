"""The one file that speaks to apprise: one order in, one outcome out, inside a process of its own.

apprise says why it failed in log text alone, so its log is read here, in memory, for a few known words. None of it
leaves: at this level it holds addresses, tokens and the message itself. The reason that leaves is in our own words.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import apprise
from apprise.manager_plugins import NotificationManager
from apprise.plugins.email import NotifyEmail
from apprise.result import AppriseResult, AppriseResultStatus

from monitor.alerts.delivery.ended import Ended
from monitor.alerts.delivery.replies import Reply, listen, refused_in_body
from monitor.store.messages.queued import Outcome

_TYPES: Final = {
    "opened": apprise.NotifyType.FAILURE,
    "grown": apprise.NotifyType.FAILURE,
    "reopened": apprise.NotifyType.FAILURE,
    "returned": apprise.NotifyType.FAILURE,
    # What makes a paging service close its incident.
    "cleared": apprise.NotifyType.SUCCESS,
    "retracted": apprise.NotifyType.SUCCESS,
    "intended": apprise.NotifyType.SUCCESS,
    "blind": apprise.NotifyType.WARNING,
    # Not INFO: Opsgenie makes a note of that on an alert that is not there, sends nothing, and says that all went well.
    "drill": apprise.NotifyType.WARNING,
}

REFUSED_WORDS: Final = {
    "optional": "it turns a failed delivery into a success",
    "redirect": "a message must not follow a redirect to somebody else",
    "retry": "leftopen tries again itself, and would not know of these tries",
    "attach": "nothing is ever attached",
    "tag": "a channel is named by its id alone",
}
"""What a channel's address may not ask of apprise, and why."""

UNREADABLE: Final = (
    "the address is no channel address; for mail: mailtos://user:password@smtp.host?to=me@host (docs/channels.md)"
)
PAGING: Final = {"pagerduty": "dedup", "opsgenie": "alias"}
"""Services that fold messages into one incident, and the name that they have for its key."""

MODULES: Final = {
    **dict.fromkeys(("mailto", "mailtos"), "email"),
    **dict.fromkeys(("json", "jsons"), "custom_json"),
    **dict.fromkeys(("ntfy", "ntfys"), "ntfy"),
    **dict.fromkeys(("gotify", "gotifys"), "gotify"),
    **dict.fromkeys(("matrix", "matrixs"), "matrix"),
    **dict.fromkeys(("mmost", "mmosts"), "mattermost"),
    **dict.fromkeys(("workflow", "workflows"), "workflows"),
    **{name: name for name in ("opsgenie", "pagerduty", "slack", "twilio")},
    "46elks": "fortysixelks",
}
"""The module of apprise that serves a scheme, for those of docs/channels.md: it is imported alone."""
_importing: Final = threading.Lock()
_imported: Final[set[str]] = set()
_ALL: Final = "*"

SHORT_FORM: Final = 320
"""A service that takes no more than this is sent the first line and the link alone."""
SMS: Final = 160
"""Characters of one text message (3GPP TS 23.040: 140 octets of seven-bit characters)."""
_LEAST_LINE: Final = 40

_STATUS: Final = re.compile(r"error=(\d{3})\b")
_SMTP: Final = re.compile(r"Socket Exception: .*?\(([45]\d\d), b['\"]|Socket Exception: \{.*?: \(([23]\d\d), b['\"]")
"""How the answer of a mail server stands in the text of an exception of smtplib: `(550, b'5.1.1 no such user')`. For a
recipient 250 and 251 alone are a yes (RFC 5321 section 3.3), and nothing is sent after another answer."""
_SMTP_LACKS: Final = re.compile(
    r"(?:AUTH|STARTTLS) extension not supported by server|No suitable authentication method"
)
"""What smtplib says, before any of the message is sent, of a server that offers less than the address asks for."""
_NOT_REACHED: Final = re.compile(
    r"refused|NewConnectionError|ConnectTimeout|NameResolutionError|not known|getaddrinfo|No route|unreachable",
    re.IGNORECASE,
)
_TLS: Final = re.compile(r"SSLError|CERTIFICATE_VERIFY|certificate verify", re.IGNORECASE)
_BROKE: Final = re.compile(
    r"Socket Exception|Connection error|timed out|aborted|reset by peer|RemoteDisconnected", re.IGNORECASE
)


class _Heard(logging.Handler):
    """Keeps what apprise says of failures, in memory; not what it says of our text. And what services answer."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.replies: list[Reply] = listen()

    def clear(self) -> None:
        """Forget what was heard of another message."""
        self.lines.clear()
        self.replies.clear()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if "payload" not in line.lower() and len(self.lines) < 100:
            self.lines.append(line[:2000])


def send(order: dict[str, Any]) -> Ended:
    """Deliver one message to one service."""
    heard = _Heard()
    logger = logging.getLogger("apprise")
    logger.handlers[:] = [heard]
    logger.propagate = False
    logger.setLevel(logging.DEBUG)

    url: str = order["url"]
    deadline = float(order["deadline"])
    scheme = url.partition("://")[0].lower()
    asked = _asked(url)
    for word, why in REFUSED_WORDS.items():
        if word in asked:
            return Ended(Outcome.MISCONFIGURED, f"the address says ?{word}=: {why}")
    if scheme == "opsgenie" and order["storage"] is None:
        return Ended(Outcome.MISCONFIGURED, "Opsgenie needs a storage folder, or it cannot close what it has opened")
    _import_service(scheme)
    asset = apprise.AppriseAsset(
        app_id="leftopen",
        app_desc="leftopen",
        http_redirects=False,
        service_timeout=deadline * 0.9,
        storage_path=order["storage"],
        storage_mode="flush" if order["storage"] else "memory",
        language="en",
        async_mode=False,
        allow_templates=False,
    )
    first = _notify(order, keyed(url, scheme, asked, order["finding"]), asked, asset, heard)
    if first.outcome is not Outcome.ACCEPTED or PAGING.get(scheme) in (None, *asked):
        return first
    for incident in order.get("closes", ()):
        closed = _notify(order, keyed(url, scheme, asked, incident), asked, asset, heard)
        if closed.outcome is not Outcome.ACCEPTED:
            # It was told; but what is not closed there goes on waking people, so it is tried again, whole.
            return Ended(Outcome.MAYBE, f"an incident that it ends was not closed: {closed.reason}")
    return first


def problem_of(url: str) -> str:
    """What is wrong with a channel's address, as far as can be said without using it; empty: nothing."""
    asked = _asked(url)
    refused = next((why for word, why in REFUSED_WORDS.items() if word in asked), "")
    if refused:
        return refused
    _import_service(url.partition("://")[0].lower())
    asset = apprise.AppriseAsset(async_mode=False, storage_mode="memory")
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return "" if apprise.Apprise(asset=asset).add(url) else UNREADABLE


def _import_service(scheme: str) -> None:
    """Import what serves a scheme: to import all two hundred services takes as long as the rest of a delivery."""
    module, services = MODULES.get(scheme, _ALL), NotificationManager()  # type: ignore[no-untyped-call]
    with _importing:
        if _imported & {module, _ALL}:
            return
        if module != _ALL:
            try:
                # apprise imports those of its modules whose names it finds in a folder.
                with tempfile.TemporaryDirectory() as named:
                    Path(named, f"{module}.py").touch()
                    services.load_modules(path=named)  # type: ignore[no-untyped-call]
            except OSError:
                module = _ALL  # a disk without room must keep no alert from being sent
        if module == _ALL:
            services.unload_modules()  # type: ignore[no-untyped-call]
            services.load_modules()  # type: ignore[no-untyped-call]
        _imported.add(module)


def _notify(
    order: dict[str, Any], url: str, asked: frozenset[str], asset: apprise.AppriseAsset, heard: _Heard
) -> Ended:
    deadline = float(order["deadline"])
    heard.clear()
    # Not Apprise.add(): it takes several addresses in one text, and goes on after one that it cannot read.
    service = apprise.Apprise.instantiate(url, asset=asset)
    if not isinstance(service, apprise.NotifyBase):
        return Ended(Outcome.MISCONFIGURED, UNREADABLE)
    if "rto" not in asked:
        # apprise gives up reading after 4 s; a slow service then has the message and counts as failed.
        service.socket_read_timeout = deadline * 0.8
    if isinstance(service, NotifyEmail):
        return _mail(order, service, asset, heard)
    return _as_answered(_post(order, service, asset, heard), url.partition("://")[0].lower(), heard.replies)


def _mail(order: dict[str, Any], service: NotifyEmail, asset: apprise.AppriseAsset, heard: _Heard) -> Ended:
    """Mail, one address after the other: a server refuses single addresses, and the others must not hear twice."""
    found = [*service.targets]
    taken = {str(one) for one in order.get("taken", ())}
    failed: list[Ended] = []
    for target in found:
        tag = hmac.new(str(order.get("salt", "")).encode(), target[1].lower().encode(), hashlib.sha256).hexdigest()[:32]
        if tag in taken:
            continue
        service.targets = [target]
        heard.clear()
        one = _post(order, service, asset, heard)
        if one.outcome is Outcome.ACCEPTED:
            taken.add(tag)
        else:
            failed.append(one)
    if not failed:
        return Ended(Outcome.ACCEPTED, "")
    # The gravest of them says how it is: what may have arrived, then what may be taken later, then a refusal for good.
    worst = min(failed, key=lambda one: (one.outcome is not Outcome.MAYBE, one.permanent))
    if not taken:
        return worst
    reason = f"{len(failed)} of {len(found)} addresses did not take it: {worst.reason}"
    outcome = Outcome.MAYBE if worst.outcome is Outcome.MAYBE else Outcome.PARTLY
    return Ended(outcome, reason, tuple(sorted(taken)), worst.permanent)


def _post(order: dict[str, Any], service: apprise.NotifyBase, asset: apprise.AppriseAsset, heard: _Heard) -> Ended:
    post = apprise.Apprise(asset=asset)
    post.add(service)
    if len(post.services) != 1:
        return Ended(Outcome.MISCONFIGURED, UNREADABLE)
    title, body = fit(
        order["title"], order["body"], service.title_maxlen, service.body_maxlen, str(order.get("link", ""))
    )
    result = post.notify(
        title=title,
        body=body,
        notify_type=_TYPES.get(order["step"], apprise.NotifyType.WARNING),
        body_format=apprise.NotifyFormat.TEXT,
    )
    return ended(result, heard.lines)


def _as_answered(told: Ended, scheme: str, replies: list[Reply]) -> Ended:
    """What apprise tells, with what the answers themselves say: that it was not taken, and when to come again."""
    if told.outcome is not Outcome.ACCEPTED:
        now = datetime.now(UTC)
        return replace(told, wait=max((one.wait(now) for one in replies), default=0.0))
    refused, by_all = refused_in_body(scheme, replies)
    # Of several numbers some may have been told.
    return Ended(Outcome.REFUSED if by_all else Outcome.MAYBE, refused) if refused else told


def fit(title: str, body: str, title_most: int, body_most: int, link: str = "") -> tuple[str, str]:
    """The text that a service takes whole: all of it, as many lines as fit with the last, or the first line alone."""
    if body_most <= SHORT_FORM:
        return "", short_form(title, link, min(body_most, SMS))
    room = body_most - len(title) - 2
    if title_most <= 0:
        room -= 2
    if len(body) <= room:
        return title, body
    lines = body.split("\n")
    last = lines.pop()
    room -= len(last) + 3
    while lines and len("\n".join(lines)) > room:
        lines.pop()
    return title, "\n".join([*lines, "…", last])


def short_form(title: str, link: str, most: int) -> str:
    """The first line with the link, for a service that takes little more; the link stays whole, the line is cut.

    The link holds the id of the finding, so the id in the line goes first. Without room for both it is the line.
    """
    room = most - len(link) - 1
    if not link or room < _LEAST_LINE:
        return title[:most]
    line = title if len(title) <= room else title.rpartition(" (")[0] or title
    # Two dots: an ellipsis is no letter of the seven-bit alphabet, and would halve what a text message holds.
    cut = line if len(line) <= room else line[: room - 2] + ".."
    return f"{cut.replace('…', '..')} {link}"[:most]


def ended(result: AppriseResult, lines: list[str]) -> Ended:
    """What a result means. A failure is not yet "undelivered": whoever gave no answer may have the message."""
    match result.status:
        case AppriseResultStatus.SUCCESS:
            return Ended(Outcome.ACCEPTED, "")
        case AppriseResultStatus.TIMEOUT:
            return Ended(Outcome.MAYBE, "no answer in time")
        case AppriseResultStatus.PARTIAL:
            return Ended(Outcome.MAYBE, "some of its addresses took it, some did not")
        case AppriseResultStatus.NOMATCH:
            return Ended(Outcome.MISCONFIGURED, UNREADABLE)
    said = "\n".join(lines)
    refused = _SMTP.search(said)
    if refused:
        code = refused[1] or refused[2]
        return Ended(Outcome.REFUSED, f"the mail server answered {code}", permanent=code.startswith("5"))
    if _SMTP_LACKS.search(said):
        return Ended(Outcome.REFUSED, "the mail server offers no login, or no TLS, as the address asks for")
    status = _STATUS.search(said)
    if status:
        # Slack alone: apprise looks into its answer.
        how = {"3": ", a redirect, which is not followed", "2": ", and says in it that it did not take it"}
        return Ended(Outcome.REFUSED, f"answered {status[1]}" + how.get(status[1][0], ""))
    if _TLS.search(said):
        return Ended(Outcome.REFUSED, "its certificate could not be verified, or TLS failed")
    if _NOT_REACHED.search(said):
        return Ended(Outcome.REFUSED, "could not be connected to")
    if _BROKE.search(said):
        return Ended(Outcome.MAYBE, "the connection broke before an answer")
    return Ended(Outcome.REFUSED, "the service did not take it")


def _asked(url: str) -> frozenset[str]:
    """The names in the address's query, as apprise reads them: any case, any sign before them."""
    query = url.partition("?")[2].replace(";", "&")
    names = (name.strip().lower() for name, _ in parse_qsl(query, keep_blank_values=True))
    return frozenset(names)


def keyed(url: str, scheme: str, asked: frozenset[str], finding: str) -> str:
    """The address with the finding's id as key, for services that would open an incident for each message."""
    name = PAGING.get(scheme)
    if name is None or not finding:
        return url
    more = [f"{key}={value}" for key, value in (("action", "map"), (name, finding)) if key not in asked]
    return url + ("&" if "?" in url else "?") + "&".join(more) if more else url
