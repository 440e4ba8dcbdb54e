"""Reads the sentences in which version 0.1.0 stored reasons and proofs: for the one migration that replaces them.

Nothing else may read a sentence of ours. A sentence that is in no table becomes `Cause.UNKNOWN`, or is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

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

_BLIND: Final = re.compile(r"the known-(open|closed) (place|bucket) .* was not found \w+ \(([a-z-]+)\)")


def change_reason(sentence: str) -> list[Any]:
    """The stored value of a change's reason."""
    for pattern, value in _CHANGES:
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            return value(*match.groups())
    return ["unknown"]


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


def blind_reason(sentence: str) -> list[Any] | None:
    """The stored value of why a round was blind; None where it was not."""
    if not sentence:
        return None
    match = _BLIND.fullmatch(sentence)
    return ["control-failed", f"{match[1]}-{match[2]}", match[3]] if match else ["control-not-seen"]


def _clock(text: str) -> list[Any]:
    party, duty, percent, _ = text.rsplit(" ", 3)
    return [party, duty, int(percent)]
