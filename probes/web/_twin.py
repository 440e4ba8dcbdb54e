"""Clear text and TLS on one port are two endpoints; a port that speaks the one in order is closed in the other."""

from __future__ import annotations

from collections.abc import Generator

from probes.api import WebTarget
from probes.reasons import Why
from probes.recognise.pages.page_kind import PageKind
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one
from probes.web._outcome import page_of

_LITTLE = 1024
_MISUNDERSTOOD = frozenset({Why.NOT_TLS, Why.TLS_FAILED, Why.NOT_HTTP, Why.RESET, Why.TIMED_OUT})
"""How a port answers, or fails to, that is spoken to in the wrong way: mini_httpd waits for ever for a request line in
a ClientHello, others reset, send an alert, or a 400."""


def speaks_otherwise(target: WebTarget, answer: Answer) -> Generator[Ask, Reply, bool]:
    """Whether the port is seen to speak the other of clear text and TLS, after it gave `answer` to this one.

    It is asked once the other way, where `answer` leaves room for that: what it says there is another endpoint's, and
    looked at as such.
    """
    match answer:
        case NoAnswer(why=why, connected=True) if why in _MISUNDERSTOOD:
            pass
        case Response(status=400) if not target.tls:
            if page_of(answer).kind is PageKind.TLS_NOTICE:
                return True
        case _:
            return False
    other = yield from one(Request("GET", "/", _LITTLE, twin=True))
    match other:
        case NoAnswer(why=why):
            return why is Why.CLIENT_CERTIFICATE and not target.tls
        case Response(status=status):
            # A 400 in clear text is what a port for TLS says.
            return not target.tls or status != 400
