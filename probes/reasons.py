"""Every reason for a verdict, or for the lack of an answer: one word each, in code, ledger and manual.

They are closed sets: a type says which of them a value can have. No word stands in two sets.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeAlias


class NoAnswerReason(StrEnum):
    """Why there is no answer: the driver could not bring one, or would not."""

    OUT_OF_SCOPE = "out-of-scope"
    DNS_FAILED = "dns-failed"
    NO_SUCH_NAME = "no-such-name"
    TIMED_OUT = "timed-out"
    REFUSED = "connection-refused"
    RESET = "connection-reset"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls-failed"
    CLIENT_CERTIFICATE = "client-certificate-demanded"
    NOT_TLS = "answers-without-tls"
    TLS_ONLY = "answers-in-tls-only"
    CLEAR_ONLY = "answers-in-clear-only"
    NOT_HTTP = "answers-without-http"
    HTTP_2 = "answers-in-newer-http"
    MALFORMED_HTTP = "malformed-http"
    BUDGET_SPENT = "budget-spent"
    TOLD_TO_WAIT = "told-to-wait"
    HOST_SILENT = "host-silent"
    VANTAGE_SILENT = "vantage-silent"  # whoever was to look from there said nothing in time
    NOT_ASKED = "not-asked"  # no prefix declared, no probing key given
    NOT_SIGNED_IN = "not-signed-in"  # the declared form is not there, leads elsewhere, or its answer says nothing
    BUG = "bug-of-ours"


class UndecidedReason(StrEnum):
    """An answer came, and decides nothing."""

    THROTTLED = "throttled"
    SERVER_ERROR = "server-error"
    BODY_BROKEN = "body-broken"
    BODY_TOO_LARGE = "body-too-large"
    BODY_UNREADABLE = "body-unreadable"
    FILTERED = "filtered"
    CATCH_ALL = "catch-all"
    UNSTABLE = "unstable"
    REDIRECTED = "redirected"
    CLICK_THROUGH = "click-through"  # a page with a form to go on, which is never sent: what comes after is not seen
    NEWER_HTTP_ONLY = "newer-http-only"  # a browser gets its pages, and nobody who speaks HTTP/1.1 alone
    ENTRY_REFUSED = "entry-refused"
    ENTRY_UNPROVEN = "entry-unproven"
    CANARY_FAILED = "canary-failed"
    TYPE_UNPROVEN = "type-unproven"
    DRAWN_BY_SCRIPT = "drawn-by-script"  # a script draws the page, and what it draws cannot be asked for by a GET
    MEANING_UNKNOWN = "meaning-unknown"  # data, bytes or a body without a word: no page that could say "ordinary"
    CATALOGUE_UNREAD = "catalogue-unread"  # a portal of e-services whose catalogue is not where it should be
    LOGIN_UNSAID = "login-unsaid"  # the catalogue no longer shows which services ask for a login
    EXTERNAL_SERVICE = "external-service"  # the service is on another site, of which the portal's marks say nothing
    NO_SUCH_CASE = "no-such-case"  # an interface answers a stranger, with the word that there is no such case
    CREDENTIAL_REFUSED = "credential-refused"  # a declared subject is asked to sign in: its credential has ended
    LOCKED_OUT = "locked-out"  # a subject does not see its own canary: the test is broken, or the portal is
    SUBJECT_UNSEEN = "subject-unseen"  # a subject gets nothing anywhere: its refusals say nothing
    CANARY_UNSEEN = "canary-unseen"  # nobody sees a tenant's canary: that others do not see it says nothing
    ANSWERS_WITHOUT_CANARY = (
        "answers-without-canary"  # an answer to somebody who may not ask, with nothing to tell it by
    )
    ROLE_UNTESTED = "role-untested"  # a declared role or scope stands in no rule
    LOG_UNREAD = "log-unread"  # the exported log is not in its declared form, or not whole
    ROW_DELAYED = "row-delayed"  # a canary action is not in the log, and its delay has not passed
    NO_SESSION = "no-session"  # no canary session was performed yet that the export could hold
    NOT_DISPATCHED = "not-dispatched"  # no dispatch of the schedule has had its time to arrive
    LETTER_MISSING = "letter-missing"  # a canary case did not arrive, or nothing shows that the routine ran
    LETTER_LATE = "letter-late"  # it arrived where it should, later than agreed
    ATTACHMENT_MISSING = "attachment-missing"  # it arrived with fewer files than declared
    MAILBOX_UNREAD = "mailbox-unread"  # a box of a synthetic recipient could not be read
    COUNT_MISSING = "count-missing"  # the owner's count says nothing of a month, or its log of dispatches does not
    BLIND_ROUND = "blind-round"
    OTHER_ADDRESS = "other-address"  # a reflector saw another address than those that a vantage declares
    CLOCK_WRONG = "clock-wrong"  # seen at a time that cannot be right: the clock of the machine that looked is wrong
    STATUS_UNEXPECTED = "status-unexpected"
    NOT_A_STORE = "not-a-store"  # no dialect of a store: a website, a login page, a front
    REFUSED_BY_FRONT = "refused-by-front"  # 403 without the store's own words: says nothing about the store behind
    SIGNED_BY_MISTAKE = "signed-by-mistake"
    DISABLED = "disabled"  # nothing is served now, the grants behind are unseen
    WRONG_REGION = "wrong-region"
    NOT_OFFERED = "not-offered"  # the store lacks the question
    NO_KNOWN_KEY = "no-known-key"
    FIREWALLED = "firewalled"  # refused to our network: says nothing of others
    NO_ACCOUNT = "no-account"  # the name servers know no such account, and the store itself said nothing
    KEY_DEMANDED = "key-demanded"  # listed, and encrypted with a key that strangers lack
    PORTS_SILENT = "ports-silent"  # ports of a preset that nobody answers at: filtered from here, or nothing there
    GRAMMAR_UNKNOWN = "grammar-unknown"  # something answers, in no protocol that is known here
    LOW_PORT_WANTED = "low-port-wanted"  # an export is for source ports below 1024, which any stranger with root has
    ISSUER_NOT_ASKED = (
        "issuer-not-asked"  # tokens are issued by a host that is not declared: whether strangers get one?
    )
    NAME_NEEDED = "name-needed"  # what it serves is asked for by name, and none was declared
    ARCHIVED = "archived"  # listed, and in cold storage: not readable until it is restored


class ClosedReason(StrEnum):
    """An answer came, and shows that the place is closed."""

    LOGIN_DEMANDED = "login-demanded"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    NO_LISTING = "no-listing"
    LOGIN_WALL = "login-wall"
    NOT_SPOKEN = "not-spoken"
    LEADS_ELSEWHERE = "leads-elsewhere"  # a redirect to another host, which is proposed where it is not declared
    LOOKED_AT_THERE = "looked-at-there"  # a redirect to a declared place, which has a verdict of its own
    VERB_REFUSED = "verb-refused"
    DENIED = "denied"
    NO_BUCKET = "no-bucket"
    PRIVATE_OR_MISSING = "private-or-missing"
    PUBLIC_ACCESS_OFF = "public-access-off"
    BUCKET_THERE = "bucket-there"  # a name leads to a bucket that somebody holds
    NOTHING_LISTENS = "nothing-listens"  # the port refuses, and the host answers at another one
    PORT_SHUT = "port-shut"  # so does a web port, which may refuse us alone: it says nothing by itself
    NOTHING_OFFERED = "nothing-offered"  # a service lets strangers in, and has nothing to show them
    CATALOGUE_READ = "catalogue-read"  # of a portal of e-services: its services have verdicts of their own
    SERVICE_GONE = "service-gone"  # the portal no longer offers the e-service
    ROLES_HOLD = "roles-hold"  # every subject sees what is theirs, and nobody sees another's
    LOG_HOLDS = "log-holds"  # each canary action stands in the log once, as it was, and no other row
    LOG_IN_ORDER = "log-in-order"  # the form of the exported log has no fault
    SESSION_PERFORMED = "session-performed"  # a canary session was performed: its rows are judged in later looks
    DISPATCH_HOLDS = "dispatch-holds"  # a canary case reached its recipient, as declared, and nobody else
    COUNT_HOLDS = "count-holds"  # the owner's count of misdirected dispatches equals a recount from its log
    NOT_RESOLVED = "not-resolved"  # a name of a closed network has no address in public name servers, as was promised
    NOT_REACHED = "not-reached"  # of a host of a closed network: nothing answers from here, as was promised


ELSEWHERE = frozenset({ClosedReason.NOT_SPOKEN, ClosedReason.LOOKED_AT_THERE, ClosedReason.PORT_SHUT})
"""What says nothing by itself: the verdict stands at another endpoint or place of the same asset, or nowhere."""


class OpenReason(StrEnum):
    """An answer came, and shows that the place is open."""

    LISTED_AND_READABLE = "listed-and-readable"
    FOLDERS_LISTED = "folders-listed"
    INDEX_OFF_FILES_OPEN = "index-off-files-open"
    BUCKETS_LISTED = "buckets-listed"  # a store lists all its buckets or containers, one level above their objects
    NAMES_ONLY = "names-only"  # listed, and what is listed is refused: names are personal data too
    LINKED_FILES = "linked-files"  # a page links to grave files that a stranger gets
    EMPTY = "empty"  # a folder that lists itself, and nothing is in it now
    FILE_READABLE = "file-readable"
    HEAD_ONLY = "head-only"  # on file from looks before 0.2: a HEAD decides nothing any more
    LISTED = "listed"
    EMPTY_LISTABLE = "empty-listable"  # nothing in it yet: the next upload is public
    LISTED_INCOMPLETE = "listed-incomplete"
    PREFIX_LISTED = "prefix-listed"
    VERSIONS_LISTED = "versions-listed"
    UPLOADS_LISTED = "uploads-listed"
    READABLE = "readable"
    READABLE_UNLISTED = "readable-not-listed"
    ACL_READABLE = "acl-readable"
    WRITE_GRANTED = "write-granted"
    ANY_ACCOUNT = "any-account"
    REFERER_ONLY = "referer-only"
    DANGLING = "dangling-name"
    TREE_LISTED = "tree-listed"  # a share lists its files; whether they can be read was not established
    STORE_OPEN = "store-open"  # a data store tells strangers what it holds
    STORE_NAMES = "store-names-only"  # it names what it holds, and refuses the rest
    STORE_EMPTY = "store-empty"  # strangers are let in, and nothing is there now
    SETUP_OPEN = "setup-open"  # nobody has set it up: whoever comes first becomes its administrator
    STREAM_OPEN = "stream-open"  # a stream of a camera or recorder is described to strangers
    FULL_CONTROL = "full-control"  # whoever is let in may change and delete too, or run commands
    REACHABLE = "reachable"  # a host of a closed network answers from outside it
    NAME_RESOLVES = "name-resolves"  # a name of a closed network has an address in public name servers
    CLEAR_TEXT = "served-in-clear-text"  # what should be served in TLS alone is served without
    SENSITIVE_SERVICE = "sensitive-service-open"  # an e-service about health or social care asks for no login
    LOGIN_LOST = "login-lost"  # an e-service that asked for a login asks for none
    CASES_OPEN = "cases-open"  # a folder that lists itself holds cases of an e-service, and a stranger gets them
    INTERFACE_OPEN = "interface-open"  # an interface that hands out cases answers a stranger
    ADMIN_PAGE_OPEN = "admin-page-open"  # a page for operators answers a stranger
    ROLE_LEAK = "role-leak"  # a subject sees another tenant's canary
    SESSION_LIVES_ON = "session-lives-on"  # after signing out the same session is served
    LOG_UNTRUE = "log-untrue"  # an access log says what nobody did, or does not say what somebody did
    LOG_MALFORMED = "log-malformed"  # an exported access log cannot be relied on by its form
    MISDIRECTED = "misdirected"  # a canary case lies in the box of somebody whom it is not for
    UNDECLARED_ATTACHMENTS = "undeclared-attachments"  # a canary case came with more files than it has
    NOT_RECALLED = "not-recalled"  # a canary case that should have been taken back still lies in its box
    COUNT_DIFFERS = "count-differs"  # the owner's count of misdirected dispatches is not what its log says
    CONFIGURED_OPEN = "configured-open"  # the configuration says open; a stranger from here does not see it


Why: TypeAlias = NoAnswerReason | UndecidedReason | ClosedReason | OpenReason
"""Why there is no answer, no verdict, or the verdict that there is."""

WHYS: Final[tuple[Why, ...]] = (*NoAnswerReason, *UndecidedReason, *ClosedReason, *OpenReason)
"""All of them."""

_BY_VALUE: Final = {why.value: why for why in WHYS}


def why_of(value: str) -> Why:
    """The reason with that value, as it stands in the ledger. Raises KeyError for one that is not known."""
    return _BY_VALUE[value]
