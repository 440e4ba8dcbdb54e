"""One finding, whole: its life on one timeline, the clocks that count, who was told and accepted, what is not known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.alerts.messages.text.extent import claim_text
from monitor.alerts.messages.text.reason import fact_text
from monitor.alerts.routing.recipients import Language
from monitor.api.clock import clock_json
from monitor.api.finding import whole_finding_json
from monitor.api.times import iso
from monitor.findings.finding import Finding, parse_finding_id
from monitor.findings.handling import fold
from monitor.findings.reach.apply_survey import reach_of
from monitor.legal.chain import accepted, links
from monitor.legal.clocks import Stage, clocks, sent_of
from monitor.legal.duties import laws
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, surveys
from monitor.web.identity.grants import Seen
from monitor.web.read.findings import counted, version_of
from monitor.web.words import say
from probes.facts import Fact


def one_finding(
    ledger: Ledger, seen: Seen, id_: str, now: datetime, reader: Language | None = None
) -> dict[str, Any] | None:
    """The finding as JSON values; None when it is not there, or not of this scope: the same work.

    For a reader facts and claims are sentences in their language; for programs they stand as they do everywhere.
    """
    language: Language = reader or "en"
    found = ledger.finding(parse_finding_id(id_) or "")
    if found is None:
        return None
    value = whole_finding_json(ledger, found, now, language)
    done = actions.of_finding(ledger, found.id)
    stands = fold(done, found)
    asset = seen.inventory.find_asset(found.asset)
    value |= {
        "label": asset.label if asset else None,
        "owner": asset.owner if asset else None,
        "contract": asset.contract if asset else None,
        "data": asset.data.value if asset else None,
        "declared": asset is not None,
        "sequence": found.sequence,
        **counted(surveys.latest(ledger, found.id)),
        "etag": version_of(found, len(done)),
        "handled_by": stands.by,
        "handled_until": iso(stands.until),
        "handling_reason": stands.reason,
        "asked": stands.asked and {"act": stands.asked.act.value, "by": stands.asked.by, "party": stands.asked.party},
        "cause": stands.cause,
        "clocks": clocks_of(ledger, seen, found, now, language),
    }
    if reader is not None:
        value["facts"] = [_fact(one, language) for one in found.facts]
        value["claims"] = [claim_text(one, language) for one in found.extent.claims]
        if value["survey"]:
            counted_all = surveys.latest(ledger, found.id)
            claims = reach_of(counted_all.tally).claims if counted_all is not None else ()
            value["survey"]["claims"] = [claim_text(one, language) for one in claims]
    return value | {"timeline": timeline(value), "not_known": _not_known(value)}


def _fact(fact: Fact, language: Language) -> str:
    """A fact in words: those of messages, else those of the pages, which say what no message may tell."""
    told = fact_text(fact, language)
    if told is not None:
        return str(told)
    least = f"{say(language, 'finding.at-least')} " if fact.at_least else ""
    return say(language, f"fact.{fact.kind.value}", detail=fact.detail, number=fact.number, least=least)


def growth(ledger: Ledger, id_: str) -> list[dict[str, Any]]:
    """How many files each finished survey counted, oldest first: how a finding grew."""
    return [{"at": iso(one.ended), "files": one.tally.files} for one in surveys.history(ledger, id_)]


def timeline(value: dict[str, Any]) -> list[dict[str, Any]]:
    """What was seen, what was said, and who was told, in one order of time."""
    lines = [
        *({"at": one["at"], "axis": "seen", "what": one["step"], "text": one["reason"]} for one in value["changes"]),
        *(
            {"at": one["at"], "axis": "said", "what": one["act"], "text": one["reason"], "by": one["by"],
             "party": one["party"]}
            for one in value["actions"]
        ),
        *(
            {"at": one["accepted"], "axis": "told", "what": one["step"], "party": one["party"],
             "channel": one["channel"], "text": ""}
            for one in value["told"] if one["accepted"]
        ),
    ]  # fmt: skip
    return sorted(lines, key=lambda line: str(line["at"]))


def clocks_of(
    ledger: Ledger, seen: Seen, finding: Finding, now: datetime, language: Language = "en"
) -> list[dict[str, Any]]:
    """The legal clocks of the party, and of those who work for it, the most urgent first."""
    asset = seen.inventory.find_asset(finding.asset)
    if asset is None:
        return []
    life = queries.changes(ledger, finding.id)
    done = actions.of_finding(ledger, finding.id)
    told = accepted(queries.messages_about(ledger, finding.id), finding.id)
    chain = [link for link in links(seen.inventory, asset) if link.party in seen.scope.parties | seen.scope.watched]
    found = clocks(finding, life, done, chain, laws(), now, sent=sent_of(done), accepted=told)
    return [
        clock_json(one)
        | {
            "running": one.stage in (Stage.RUNNING, Stage.OVERDUE),
            "says": one.says_sv if language == "sv" else one.says,
            "says_sv": one.says_sv,
        }
        for one in found
    ]


def _not_known(value: dict[str, Any]) -> list[str]:
    """What a reader must not take for granted, as keys of sentences."""
    found = []
    if value["last_known_good"] is None:
        found.append("start")
    if value["partial"]:
        found.append("extent")
    if value["survey"] is None:
        found.append("survey")
    if not value["cause"]:
        found.append("cause")
    if not any(one["accepted"] for one in value["told"]):
        found.append("told")
    return found
