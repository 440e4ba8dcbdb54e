"""How much lies open, as it is told: counts, sizes, kinds, dates and what the names hold."""

from __future__ import annotations

from monitor.alerts.messages.catalogue import known, say
from monitor.alerts.messages.formatting import count, day, joined, plural, size
from monitor.alerts.routing.recipients import Language
from monitor.findings import promises
from monitor.findings.finding import Finding
from monitor.findings.reach.extent import CONFIG, UNCOUNTED, Extent
from monitor.findings.reasons import NamesHold
from probes.buckets.bucket_verdict import DANGLING, KIND
from probes.dispatch.kinds import KINDS as DISPATCH
from probes.eservices.kinds import KINDS as ESERVICES
from probes.eservices.kinds import ROLES
from probes.logs.kinds import KINDS as LOGS
from probes.reasons import OpenReason
from probes.recognise.people.masking import Masked
from probes.recognise.people.tokens import Identifier
from probes.services.catalogue import SPEAKS

_STORES = {KIND: "kind.bucket", DANGLING: "kind.name"}
_UNCOUNTED = {kind: f"kind.{kind}" for kind in (*promises.KINDS, *ESERVICES, *LOGS, *DISPATCH)}
FAULTS = frozenset({ROLES, *LOGS, *DISPATCH})
"""Kinds of which nothing lies open to anyone: it is shown to the wrong people, or it is not true."""
_NAMES = frozenset(
    {OpenReason.LISTED, OpenReason.LISTED_INCOMPLETE, OpenReason.PREFIX_LISTED, OpenReason.VERSIONS_LISTED}
)
"""Why a bucket is open of which nothing was read: what lies open are the names."""


def summary(finding: Finding, lang: Language) -> Masked:
    """How much there is at least, as a sentence with a space after it; empty where nothing is counted."""
    extent = finding.reach or finding.extent
    if extent.counted:
        counted = [plural(lang, f"counted.{things}", number) for things, number in extent.counted]
        return say(lang, "extent.counted", counted=joined(counted))
    if _uncounted(finding, extent):
        return Masked("")
    return say(
        lang,
        "extent",
        files=plural(lang, "files", extent.files),
        folders=plural(lang, "folders", max(1, extent.directories)),
        size=_size(extent, lang),
    )


def extent_lines(finding: Finding, lang: Language) -> list[Masked]:
    """Of what kind it is, from when, and what the names hold: a line each."""
    extent = finding.reach or finding.extent
    if _uncounted(finding, extent):
        return []
    lines = []
    kinds = [
        Masked(f"{say(lang, f'kind.{kind}')} {count(number, lang)}")
        for kind, number in extent.kinds
        if known(lang, f"kind.{kind}")
    ]
    if kinds:
        lines.append(say(lang, "kinds", kinds=joined(kinds)))
    if extent.calls:
        lines.append(plural(lang, "calls", extent.calls))
    if extent.oldest is not None and extent.newest is not None:
        # Both are bounds with the doubt of a time zone: of one day's files the later bound can come first.
        one_day = extent.newest <= extent.oldest
        dates = sorted((extent.oldest, extent.newest))
        lines.append(say(lang, "dates.day" if one_day else "dates", oldest=day(dates[0]), newest=day(dates[1])))
    return [*lines, *dict.fromkeys(claim_text(claim, lang) for claim in extent.claims)]


def _uncounted(finding: Finding, extent: Extent) -> bool:
    # Settings, grants and names say how a bucket stands, and nothing of what is in it.
    said = finding.kind in _STORES or bool(service_of(finding))
    return finding.kind in UNCOUNTED or (said and not (extent.files or extent.directories))


def _size(extent: Extent, lang: Language) -> Masked:
    if not extent.sized:
        return Masked("")
    key = "size.some" if extent.sized < extent.files else "size.exact" if extent.size_exact else "size.about"
    return say(lang, key, size=size(extent.size, lang))


def claim_text(claim: NamesHold, lang: Language) -> Masked:
    """What the names of the files hold."""
    return say(lang, "claim.synthetic" if claim.synthetic else "claim", what=identifier_text(claim.what, lang))


def identifier_text(what: Identifier, lang: Language) -> Masked:
    """What a number in a name is, in the plural."""
    return say(lang, f"claim.{what}" if known(lang, f"claim.{what}") else "claim.other")


def service_of(finding: Finding) -> str:
    """The service that a finding is about, as the catalogue calls it; empty for pages, files and buckets."""
    if finding.kind in SPEAKS:
        return finding.kind
    # Of the products that are met behind a page of theirs, one alone is asked for its counts.
    behind = finding.kind == "listing" and finding.why in (OpenReason.STORE_OPEN, OpenReason.STORE_EMPTY)
    return "orthanc" if behind else ""


def things(finding: Finding, lang: Language) -> Masked:
    """What lies open, in a word or two, for the first line: the same when it closes as when it was opened."""
    extent = finding.extent if finding.extent.files or finding.reach is None else finding.reach
    if finding.kind == CONFIG:
        return say(lang, "kind.by-settings" if finding.why is OpenReason.CONFIGURED_OPEN else "kind.against-settings")
    if not extent.files and (word := service_of(finding)):
        return say(lang, f"service.{word}")
    if not extent.files:
        return say(lang, (_STORES | _UNCOUNTED).get(finding.kind, "kind.none"))
    kind = "kind.calls" if extent.calls else f"kind.{extent.kinds[0][0]}" if extent.kinds else "kind.other"
    found = say(lang, kind if known(lang, kind) else "kind.other")
    return say(lang, "kind.names", things=found) if finding.why in _NAMES else found
