"""Reads the sentences in which version 0.1.0 stored reasons, proofs and facts: for the migrations that replace them.

Nothing else may read a sentence of ours. A row that holds nothing which that version wrote stays as it is: whoever
reads it next sets it aside, and says so (`monitor.store.damage`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlite_utils import Database

NOT_WRITTEN_HERE: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading a value raises where something else stands than what was written."""
_N = r"(\d+)"
_HOLDING: Final = {
    "recordings or scans": "recordings",
    "backups, dumps or keys": "backups",
    "documents, images or logs": "documents",
}
_CHANGES: Final[tuple[tuple[str, Callable[..., list[Any]]], ...]] = (
    (
        r"proven by structure, canary and an entry that answers|proven by the steps that stand with it",
        lambda: ["proven"],
    ),
    (r"seen once, not yet confirmed", lambda: ["seen-once"]),
    (r"confirmed by a second look", lambda: ["confirmed-by-a-second-look"]),
    (r"seen again, confirmed", lambda: ["seen-again-and-confirmed"]),
    (r"open again after it was (\w+)", lambda state: ["open-again", state]),
    (r"a suspicion that did not last", lambda: ["suspicion-did-not-last"]),
    (
        rf"{_N} clear looks over at least {_N} minutes at every location",
        lambda looks, minutes: ["clear-looks", int(looks), int(minutes)],
    ),
    (r"first clear look \(([a-z-]+)\)", lambda why: ["first-clear", why]),
    (rf"it grows: {_N} files before, {_N} now", lambda before, after: ["grew", int(before), int(after)]),
    (rf"ten times as many files: {_N} before, {_N} now", lambda before, after: ["tenfold", int(before), int(after)]),
    (r"worse than it was: (\w+) before, (\w+) now", lambda before, after: ["worse", before, after]),
    (r"dismissed after it was told", lambda: ["dismissed-after-it-was-told"]),
    (rf"{_N} folders look like customers that nobody declared", lambda folders: ["unknown-customers", int(folders)]),
    (r"(lapsed|disproved|expired|voided|reopened): .*", lambda act: [act]),
    (r"(.+ \d+ %(?:, .+ \d+ %)*)", lambda clocks: ["clocks-run", [_clock(one) for one in clocks.split(", ")]]),
)

_SEVERITY: Final[tuple[tuple[str, Callable[..., list[Any]]], ...]] = (
    (
        rf"(recordings or scans|backups, dumps or keys|documents, images or logs) are (listed|readable) \({_N}\)",
        lambda what, seen, files: ["holds", _HOLDING[what], int(files), seen == "readable"],
    ),
    (r"only files of other kinds are (listed|readable)", lambda seen: ["holds", "others", 1, seen == "readable"]),
    (r"folders are listed, no file so far", lambda: ["holds", "folders", 0, False]),
    (r"nothing is counted", lambda: ["holds", "nothing", 0, False]),
    (r"the owner declares the place to hold: (\w+)", lambda data: ["declared", data]),
    (r"it is live: files are still arriving", lambda: ["live"]),
    (r"nothing is in it yet: .*", lambda: ["no-worse-than", "empty-listable"]),
    (r"names of unfinished uploads are listed, and nothing can be read", lambda: ["no-worse-than", "uploads-listed"]),
    (r"who may do what can be read, and nothing else", lambda: ["no-worse-than", "acl-readable"]),
    (r"its configuration opens it, and from here .*", lambda: ["no-worse-than", "configured-open"]),
    (r"the name leads to a store that anybody may claim", lambda: ["no-worse-than", "dangling-name"]),
    (r"(.+ in \d+ % of \d+ names)", lambda claim: ["names-hold", claim]),
)

_PROOF: Final[tuple[tuple[str, str], ...]] = (
    (r"the page parses as a listing \((.*)\)", "parses-as-listing"),
    (r"a folder that cannot exist is not answered like it, before and after", "canary-differs"),
    (r"a listed file answers a stranger, and a name that cannot exist beside it does not", "file-answers"),
    (r"a listed folder answers a stranger with a listing of its own", "folder-lists"),
    (r"a second look over a new connection (?:shows .*|says the same)", "seen-again"),
    (r"a second look over a new connection did not come about", "not-seen-again"),
    (r"the listing is gone, and a file that it listed still answers a stranger", "listing-gone-file-answers"),
    (r"the page is a shell: (.*); its rows come from its own interface", "scripted-page"),
    (r"(?:the|its) first bytes came.* are .*", "first-bytes-fit"),
    (r"a name that cannot exist beside it is not answered.*", "sibling-refused"),
    (
        r"the store's own list, asked without any credential .*|the answer parses as the list of a bucket .*",
        "store-lists",
    ),
    (r"the list of a declared prefix, .*|a prefix is listed .*", "prefix-listed"),
    (r"(?:old )?versions,? .*listed.*|versions are listed.*", "versions-listed"),
    (r"unfinished uploads are listed, as the store writes them", "uploads-listed"),
    (
        r"an object's first bytes came to a stranger, .*|.* gives a stranger its first bytes, and a key .*",
        "object-answers",
    ),
    (
        r"a (?:blob|key) that cannot exist is said to be missing.*|a missing key is told as missing, .*",
        "missing-key-told",
    ),
    (r"its grants are readable|the store shows the container's grants to strangers", "grants-readable"),
    (r"the bucket's own page came to a stranger .*", "grants-readable"),
    (r"its policy is readable|the (?:container's access|bucket's) policy came to a stranger", "policy-readable"),
    (r"its own grants let a stranger write|the grants that are shown let strangers write", "grants-let-write"),
    (
        r"the grants that are shown name every account|the policy names allAuthenticatedUsers",
        "grants-name-every-account",
    ),
    (r"the store says that a stranger holds (.*)", "permission-held"),
    (r"an account that has nothing to do with the bucket is given its list .*", "other-account-lists"),
    (r"the list came to a request that says to come from a declared origin", "listed-to-an-origin"),
    (r"objects are readable to a request that says to come from a declared origin", "readable-to-an-origin"),
    (r"the store did not answer a key that cannot exist in order", "canary-not-in-order"),
    (r"the store says under the owner's own name that there is no such bucket", "no-such-bucket"),
    (r"the store says that the bucket behind the owner's own domain does not exist", "no-such-bucket"),
    (r"the name stands for one at (.*), and name servers say, twice, that there is none", "no-such-account"),
    (r"whoever takes that account speaks under the owner's own name", "may-be-claimed"),
    (r"its own settings let strangers in", "settings-let-in"),
    (r"its own settings keep strangers out", "settings-keep-out"),
    (r"its own settings could not be read", "settings-unread"),
    (r"a stranger from here gets in", "look-gets-in"),
    (r"a stranger from here is kept out", "look-kept-out"),
    (r"a stranger from here got no verdict", "look-undecided"),
    (r"no stranger has looked from here so far", "look-never"),
)

_CLAIM: Final = re.compile(r"(synthetic )?([a-z -]{3,40}?) in (?:names|(\d{1,3}) % of (\d+) names)")
_IDENTIFIERS: Final = {
    "phone numbers": "phone",
    **{
        name: name
        for name in ("personnummer", "samordningsnummer", "cpr", "foedselsnummer", "henkilotunnus", "kennitala")
    },
}
_FACTS: Final[tuple[tuple[str, Callable[..., list[list[Any]]]], ...]] = (
    (r"(http-on|tls-on)-(\d{1,5})", lambda kind, port: [_fact(kind, number=port)]),
    (r"banner (.*): possible CVEs, not checked", lambda product: [_fact("banner", product)]),
    (
        r"(certificate-(?:expired|not-yet-valid|self-issued|for-another-name|unreadable)|configured-closed)",
        lambda kind: [_fact(kind)],
    ),
    (r"leads to (.*)", lambda where: [_fact("leads-to", where)]),
    (r"engine (.*)", lambda product: [_fact("engine", product)]),
    (r"asked at (.*)", lambda host: [_fact("asked-at", host)]),
    (r"lists in the older way alone", lambda: [_fact("old-list-only")]),
    (r"listable and readable", lambda: [_fact("listed-and-readable")]),
    (r"listable, not readable", lambda: [_fact("listed-not-readable")]),
    (r"readable, not listable", lambda: [_fact("readable-not-listed")]),
    (rf"{_N} (objects|bytes) by the store's own count", lambda number, kind: [_fact(kind, number=number)]),
    (
        rf"the store counts {_N} objects, {_N} bytes",
        lambda objects, used: [_fact("objects", number=objects), _fact("bytes", number=used)],
    ),
    (rf"(.*) listed: {_N}( at least)?", lambda what, number, least: [_fact("old-versions", what, number, least)]),
    (
        rf"{_N} unfinished uploads listed( at least)?",
        lambda number, least: [_fact("unfinished-uploads", "", number, least)],
    ),
    (r"the name leads to no store any more", lambda: [_fact("no-store")]),
    (r"(answers-ping|tls-alone|not-in-the-list)", lambda kind: [_fact(kind)]),
    (r"answers as (.*)", lambda protocol: [_fact("answers-as", protocol)]),
    (r"let in, no list, declared files refused", lambda: [_fact("let-in-to-nothing")]),
    (r"ports that (answer|refuse): (.*)", lambda how, ports: [_fact(f"ports-{how}", ports)]),
    (r"ports that are silent: (.*)", lambda ports: [_fact("ports-silent", ports)]),
    (r"the account is there", lambda: [_fact("account-there")]),
    (r"the store calls its policy public", lambda: [_fact("policy-public")]),
    (r"the store calls its policy not public", lambda: [_fact("policy-not-public")]),
)

_BLIND: Final = re.compile(r"the known-(open|closed) (place|bucket) .* was not found \w+ \(([a-z-]+)\)")


def replace(
    db: Database,
    table: str,
    column: str,
    value: Callable[[str], object],
    *,
    key: tuple[str, ...] = ("id",),
    where: str = "1",
) -> None:
    """Store in each row of a table the JSON value of what stands in a column; a damaged row stops no other."""
    of = " AND ".join(f"{one} = ?" for one in key)
    for *row, text in db.execute(f"SELECT {', '.join(key)}, {column} FROM {table} WHERE {where}").fetchall():  # noqa: S608  names of ours
        with suppress(*NOT_WRITTEN_HERE):
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {of}", (dump(value(text)), *row))  # noqa: S608  as above


def body_with_reasons(text: str) -> dict[str, Any]:
    """The body of a finding, with the values of its reasons and of its proof."""
    body: dict[str, Any] = json.loads(text)
    body["severity_reasons"] = severity_reasons(body["severity_reasons"])
    body["proof"] = proof_steps(body["proof"])
    return body


def change_reason(sentence: str) -> list[Any]:
    """The stored value of a change's reason. Raises LookupError for a sentence that is in no table."""
    for pattern, value in _CHANGES:
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            return value(*match.groups())
    raise LookupError


def severity_reasons(sentences: Iterable[str]) -> list[list[Any]]:
    """The stored values of the reasons for a severity."""
    found = []
    for sentence in sentences:
        for pattern, value in _SEVERITY:
            if match := re.fullmatch(pattern, sentence):
                found.append(value(*match.groups()))
                break
    return found


def proof_steps(sentences: Iterable[str]) -> list[list[str]]:
    """The stored values of a proof. What no table knows is what a recogniser saw in a page."""
    found = []
    for sentence in sentences:
        for pattern, step in _PROOF:
            if match := re.fullmatch(pattern, sentence):
                found.append([step, *(group for group in match.groups() if group)])
                break
        else:
            found.append(["page-says", sentence])
    return found


def replace_facts(db: Database) -> None:
    """Store the facts of findings, and what the names of their files hold, as values: in queued messages too."""
    replace(db, "findings", "body", _with_values)
    replace(db, "dues", "facts", _news_with_values, where='facts LIKE \'{"kind":"news"%\'')


def _news_with_values(text: str) -> dict[str, Any]:
    news: dict[str, Any] = json.loads(text)
    news["finding"]["body"] = dump(_with_values(news["finding"]["body"]))
    return news


def _with_values(text: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(text)
    if "facts" not in body:
        return body
    body["facts"] = facts(body["facts"])
    reasons = body["severity_reasons"]
    body["severity_reasons"] = [one for one in reasons if one[0] != "names-hold"] + [
        ["names-hold", *claim] for claim in claims(one[1] for one in reasons if one[0] == "names-hold")
    ]
    for extent in (body["extent"], body.get("reach")):
        if extent:
            extent["claims"] = claims(extent["claims"])
    return body


def dump(value: object) -> str:
    """A value as it is stored."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def facts(sentences: Iterable[str]) -> list[list[Any]]:
    """The stored values of facts."""
    found = []
    for sentence in sentences:
        for pattern, value in _FACTS:
            if match := re.fullmatch(pattern, sentence):
                found += value(*match.groups())
                break
    return found


def claims(sentences: Iterable[str]) -> list[list[Any]]:
    """The stored values of what names hold."""
    matches = [match for sentence in sentences if (match := _CLAIM.fullmatch(sentence)) and match[2] in _IDENTIFIERS]
    return [[_IDENTIFIERS[one[2]], int(one[3] or 0), int(one[4] or 0), bool(one[1])] for one in matches]


def _fact(kind: str, detail: str = "", number: str = "0", least: str | None = None) -> list[Any]:
    return [kind, detail, int(number), bool(least)]


def blind_reason(sentence: str) -> list[Any]:
    """The stored value of why a round was blind. Raises LookupError as `change_reason`."""
    if sentence == "a control was not looked at":
        return ["control-not-seen"]
    match = _BLIND.fullmatch(sentence)
    if match is None:
        raise LookupError
    return ["control-failed", f"{match[1]}-{match[2]}", match[3]]


def _clock(text: str) -> list[Any]:
    party, duty, percent, _ = text.rsplit(" ", 3)
    return [party, duty, int(percent)]
