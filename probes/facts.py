"""Facts that a look learns beside its verdict, as values: of the endpoint, its certificate, or a bucket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is about. Its value is stored; messages have a sentence for it (`fact.VALUE` in the catalogue)."""

    # Of an endpoint.
    HTTP_ON = "http-on"  # number: a port where TLS is expected, and HTTP in clear text is spoken
    TLS_ON = "tls-on"  # number: a port where clear text is expected
    BANNER = "banner"  # detail: the product and its version, as the server tells them
    LEADS_TO = "leads-to"  # detail: scheme, host and port to which a redirect leads out of the endpoint
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_SELF_ISSUED = "certificate-self-issued"
    CERTIFICATE_OTHER_NAME = "certificate-for-another-name"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    CERTIFICATE_ENDS = "certificate-ends"  # detail: the day
    CERTIFICATE_SITHS = "certificate-of-siths"  # the closed authority of Swedish health care
    CERTIFICATE_SITHS_OPEN = "certificate-of-siths-and-open"  # and a page was served to somebody without one
    CERTIFICATE_TEST_ISSUER = "certificate-of-a-test-authority"

    # Of a bucket.
    ENGINE = "engine"  # detail: the product that serves it
    ASKED_AT = "asked-at"  # detail: the host where it was asked in the end, after the store sent the probe there
    OLD_LIST_ONLY = "old-list-only"
    LISTED_AND_READABLE = "listed-and-readable"
    LISTED_NOT_READABLE = "listed-not-readable"
    READABLE_NOT_LISTED = "readable-not-listed"
    OBJECTS = "objects"  # number: by the store's own count
    BYTES = "bytes"  # number: by the store's own count
    OLD_VERSIONS = "old-versions"  # number, and in detail what is kept of deleted objects
    UPLOADS = "unfinished-uploads"  # number
    POLICY_PUBLIC = "policy-public"  # as the store itself says
    POLICY_NOT_PUBLIC = "policy-not-public"
    CONFIGURED_CLOSED = "configured-closed"
    NO_STORE = "no-store"  # what the owner's name leads to
    ACCOUNT_THERE = "account-there"

    # Of a service.
    ANSWERS_AS = "answers-as"  # detail: the protocol that it speaks in place of the declared one
    ANSWERS_PING = "answers-ping"
    TLS_ALONE = "tls-alone"
    NOT_IN_THE_LIST = "not-in-the-list"
    LET_IN_TO_NOTHING = "let-in-to-nothing"
    HANDS_OUT_TOKENS = "hands-out-tokens"
    PORTS_ANSWER = "ports-answer"  # detail: the ports of a sweep, by commas
    PORTS_REFUSE = "ports-refuse"
    PORTS_SILENT = "ports-silent"

    # Of a canary session.
    PERFORMED = "performed"  # detail: the id of a declared step; number: when, in Unix seconds; at_least: in doubt

    # Of a dispatch.
    LETTER_SEEN = "letter-seen"  # detail: the id of a case to be recalled; number: its dispatch, in Unix seconds


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `detail` is a word of ours, of a product or of the inventory, and never a name from a page."""

    kind: FactKind
    detail: str = ""
    number: int = 0
    at_least: bool = False
    """Whether `number` is a bound: the answer was cut short, or there are further pages."""

    def __str__(self) -> str:
        """As it is written in JSON, on the console and in evidence."""
        least = " at least" if self.at_least else ""
        return _TEXTS.get(self.kind, self.kind.value).format(detail=self.detail, number=self.number, least=least)


_TEXTS = {
    FactKind.HTTP_ON: "http-on-{number}",
    FactKind.TLS_ON: "tls-on-{number}",
    FactKind.BANNER: "banner {detail}: possible CVEs, not checked",
    FactKind.LEADS_TO: "leads to {detail}",
    FactKind.CERTIFICATE_ENDS: "certificate ends {detail}",
    FactKind.ENGINE: "engine {detail}",
    FactKind.ASKED_AT: "asked at {detail}",
    FactKind.OLD_LIST_ONLY: "lists in the older way alone",
    FactKind.LISTED_AND_READABLE: "listable and readable",
    FactKind.LISTED_NOT_READABLE: "listable, not readable",
    FactKind.READABLE_NOT_LISTED: "readable, not listable",
    FactKind.OBJECTS: "{number} objects by the store's own count",
    FactKind.BYTES: "{number} bytes by the store's own count",
    FactKind.OLD_VERSIONS: "{detail} listed: {number}{least}",
    FactKind.UPLOADS: "{number} unfinished uploads listed{least}",
    FactKind.NO_STORE: "the name leads to no store any more",
    FactKind.ACCOUNT_THERE: "the account is there",
    FactKind.ANSWERS_AS: "answers as {detail}",
    FactKind.LET_IN_TO_NOTHING: "let in, no list, declared files refused",
    FactKind.PORTS_ANSWER: "ports that answer: {detail}",
    FactKind.PORTS_REFUSE: "ports that refuse: {detail}",
    FactKind.PORTS_SILENT: "ports that are silent: {detail}",
    FactKind.PERFORMED: "performed {detail}",
    FactKind.LETTER_SEEN: "seen in its box before its recall: {detail}",
    FactKind.POLICY_PUBLIC: "the store calls its policy public",
    FactKind.POLICY_NOT_PUBLIC: "the store calls its policy not public",
}
_ONE_OF = (
    frozenset({FactKind.LISTED_AND_READABLE, FactKind.LISTED_NOT_READABLE, FactKind.READABLE_NOT_LISTED}),
    frozenset({FactKind.POLICY_PUBLIC, FactKind.POLICY_NOT_PUBLIC}),
)
"""Of each of these one is true at a time."""


def latest(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """All that was ever learnt, oldest first; of what can be true in one way at a time, the last word alone.

    Buckets grow and move, and products are updated: such facts must not pile up over a thousand looks.
    """
    return tuple({_topic(fact): fact for fact in facts}.values())


def _topic(fact: Fact) -> object:
    match fact.kind:
        case FactKind.HTTP_ON | FactKind.TLS_ON | FactKind.LEADS_TO | FactKind.PERFORMED | FactKind.LETTER_SEEN:
            return fact
        case FactKind.BANNER:
            return fact.kind, fact.detail.partition("/")[0]
        case _:
            return next((kinds for kinds in _ONE_OF if fact.kind in kinds), fact.kind)
