"""The steps of a proof, as values: what was asked and seen. They are written out where they are read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProofStep(StrEnum):
    """One step of a proof. Its value is stored; `proof.VALUE` is its sentence in the catalogue of messages."""

    # Of a folder or a file on a web server.
    PARSES_AS_LISTING = "parses-as-listing"  # detail: the family of the listing
    PAGE_SAYS = "page-says"  # detail: what the recogniser saw in the page's structure; kept on file, never told
    CANARY_DIFFERS = "canary-differs"
    FILE_ANSWERS = "file-answers"
    FOLDER_LISTS = "folder-lists"
    LINKED_FILE_ANSWERS = "linked-file-answers"
    FOLDER_ANSWERS = "folder-answers"  # with a page of its own
    NAMES_SHOWN = "names-shown"  # what is listed is refused
    EMPTY_SHOWN = "empty-shown"
    LISTING_GONE = "listing-gone-file-answers"
    SCRIPTED_PAGE = "scripted-page"  # detail: the product whose page asks for its rows by script
    FIRST_BYTES_FIT = "first-bytes-fit"
    SIBLING_REFUSED = "sibling-refused"
    SEEN_AGAIN = "seen-again"
    NOT_SEEN_AGAIN = "not-seen-again"

    # Of a bucket.
    STORE_LISTS = "store-lists"
    PREFIX_LISTED = "prefix-listed"
    VERSIONS_LISTED = "versions-listed"
    UPLOADS_LISTED = "uploads-listed"
    OBJECT_ANSWERS = "object-answers"
    MISSING_KEY_TOLD = "missing-key-told"  # a store tells only those who may read that a key is missing
    GRANTS_READABLE = "grants-readable"
    POLICY_READABLE = "policy-readable"
    GRANTS_LET_WRITE = "grants-let-write"
    GRANTS_NAME_ACCOUNTS = "grants-name-every-account"
    PERMISSION_HELD = "permission-held"  # detail: the permission that the store says a stranger holds
    ACCOUNT_LISTS = "other-account-lists"
    ORIGIN_LISTS = "listed-to-an-origin"
    ORIGIN_READS = "readable-to-an-origin"
    CANARY_DISORDERLY = "canary-not-in-order"

    # Of a file service or a data store.
    LET_IN = "let-in"  # without an account, or as the public one that the protocol declares
    SHARE_LISTS = "share-lists"  # detail: the protocol
    SHARE_CANARY = "share-canary"  # a share, module or path that cannot exist is refused
    FILE_OFFERED = "file-offered"  # it would send a file, and was told not to
    SHARE_FILE_READ = "share-file-read"  # the first bytes of a file came
    SHARE_FILE_REFUSED = "share-file-refused"
    STREAM_DESCRIBED = "stream-described"  # of what it consists: sound, pictures
    CANARY_ACCOUNT = "canary-account"  # an account that cannot exist is let in without a password
    STORE_COUNTS = "store-counts"  # it tells how much it holds
    SETUP_OFFERED = "setup-offered"  # it says that nobody was made its administrator yet
    STORE_NAMES = "store-names"  # it tells the names of what it holds
    MESSAGE_CAME = "message-came"  # a message of a declared topic came
    SUBJECT_HEARD = "subject-heard"  # a stranger may hear a subject that nobody could name beforehand

    # Of a name that leads to a store.
    NO_SUCH_BUCKET = "no-such-bucket"
    NO_SUCH_ACCOUNT = "no-such-account"  # detail: the provider
    MAY_BE_CLAIMED = "may-be-claimed"

    # Of a portal of e-services.
    CASE_ANSWERS = "case-answers"
    SHOWN_WITHOUT_LOGIN = "shown-without-login"
    INTERFACE_ANSWERS = "interface-answers"
    PAGE_ANSWERS = "page-answers"
    CANARY_SHOWN = "canary-shown"

    # Of an access log.
    LOG_COMPARED = "log-compared"  # detail: with how many canary actions
    LOG_READ = "log-read"

    # Of a dispatch.
    LETTER_FOUND = "letter-found"
    COUNTED_AGAIN = "counted-again"  # the rows of the owner's log

    # Of a promise that is broken.
    NAME_HAS_ADDRESS = "name-has-address"  # detail: of which types
    HOST_ANSWERS = "host-answers"  # detail: how a look was answered
    SERVED_IN_CLEAR = "served-in-clear"  # detail: as what it was recognised

    # Of what a bucket's settings say, held against what is seen from outside.
    SETTINGS_LET_IN = "settings-let-in"
    SETTINGS_KEEP_OUT = "settings-keep-out"
    SETTINGS_UNREAD = "settings-unread"
    LOOK_GETS_IN = "look-gets-in"
    LOOK_KEPT_OUT = "look-kept-out"
    LOOK_UNDECIDED = "look-undecided"
    LOOK_NEVER = "look-never"


@dataclass(frozen=True, slots=True)
class Proof:
    """A step with what it is about: a word of ours or of a product, and never a name from a page."""

    step: ProofStep
    detail: str = ""
