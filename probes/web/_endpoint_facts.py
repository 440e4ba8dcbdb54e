"""What an answer tells of the endpoint itself: how it speaks, what it calls itself, what its certificate is worth."""

from __future__ import annotations

import re

from probes.api import WebTarget
from probes.facts import Fact, FactKind
from probes.requests.http import Response

TLS_PORTS = frozenset({443, 465, 636, 853, 989, 990, 993, 995, 4443, 5001, 6443, 8443, 9443, 10443})
PLAIN_PORTS = frozenset({80, 8000, 8008, 8080, 8888, 5000})

# A product and its version, in the characters that Server headers are made of, and no more than people read.
_BANNER = re.compile(r"[A-Za-z][A-Za-z0-9 _.+-]{0,30}/[0-9][0-9A-Za-z.-]{0,15}")


def facts_of(target: WebTarget, answer: Response) -> tuple[Fact, ...]:
    """Facts of the endpoint that are worth a line in a finding, whatever is found behind it.

    `HTTP_ON` and `TLS_ON` say that a port speaks what nobody expects there: scanners that believe the port
    number never see it (the 1177 store spoke clear HTTP on 443). A version in a banner is a hint at known faults and
    never a claim that they are there.
    """
    found: list[Fact] = []
    if not target.tls and target.port in TLS_PORTS:
        found.append(Fact(FactKind.HTTP_ON, number=target.port))
    if target.tls and target.port in PLAIN_PORTS:
        found.append(Fact(FactKind.TLS_ON, number=target.port))
    banner = _BANNER.match(answer.headers.get("server"))
    if banner:
        found.append(Fact(FactKind.BANNER, banner.group()))
    found.extend(Fact(fault) for fault in answer.certificate)
    if answer.certificate_ends:
        found.append(Fact(FactKind.CERTIFICATE_ENDS, answer.certificate_ends))
    if FactKind.CERTIFICATE_SITHS in answer.certificate and answer.status == 200:
        found.append(Fact(FactKind.CERTIFICATE_SITHS_OPEN))
    return tuple(found)
