"""Measures how far a finding reaches, where it was last seen open: a crawl of a listing, or the keys of a bucket."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, assert_never

from monitor.findings.finding import Finding, State
from monitor.findings.reach.tally import SurveyResult
from monitor.inventory.endpoints import endpoints
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.service_targets import services_at
from monitor.network.pace import Work
from monitor.network.survey.conversation import SurveyBudget
from monitor.network.transport import Timeouts
from monitor.rounds.vantage import Vantage
from monitor.store.ledger import Ledger
from monitor.store.tables.surveys import never_measured
from monitor.store.thread import LedgerThread
from monitor.surveys.permission import Permission
from monitor.surveys.progress import Progress
from monitor.surveys.run import Terms, survey
from probes.api import BucketTarget, Dialect, ServiceTarget, Target, WebTarget
from probes.buckets.bucket_verdict import KIND as BUCKET
from probes.facts import FactKind
from probes.reasons import OpenReason
from probes.recognise.media.recorder_paths import default_paths
from probes.registry import SURVEYED

if TYPE_CHECKING:
    from monitor.store.ledger import Ledger

_LISTS = frozenset({OpenReason.LISTED, OpenReason.LISTED_INCOMPLETE, OpenReason.PREFIX_LISTED, OpenReason.READABLE})
"""Why a bucket is open whose keys can be listed; of one that is readable and lists nothing no key is known."""


_TREES = frozenset(
    {OpenReason.LISTED_AND_READABLE, OpenReason.TREE_LISTED, OpenReason.FOLDERS_LISTED, OpenReason.NAMES_ONLY}
)
"""Why a file service is open whose folders can be listed."""


_COUNTED = frozenset({OpenReason.STORE_OPEN, OpenReason.STORE_EMPTY})
"""Why a page is open behind which an archive says itself what it holds: it has no folders."""


def surveyable(inventory: Inventory, changed: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of the findings that are to be measured by themselves: listings that are proven open."""
    chosen = []
    for finding in changed:
        asset = inventory.find_asset(finding.asset)
        if asset is None or finding.state is not State.EXPOSED:
            continue
        lists = (finding.kind == "listing" and finding.why not in _COUNTED) or (
            finding.why in _TREES and finding.kind in SURVEYED
        )
        lists = lists or (finding.kind == BUCKET and finding.why in _LISTS)
        if lists and inventory.settings(asset).survey.automatic:
            chosen.append(finding)
    return tuple(chosen)


async def measure(
    vantage: Vantage,
    ledger: LedgerThread,
    finding: Finding,
    *,
    current: Callable[[], Inventory] | None = None,
    whole: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SurveyResult | None:
    """Measure how far a finding reaches; what it came to is on file when this returns.

    `current` is the inventory as it is at any moment: what leaves it meanwhile is asked no more.

    None when the inventory no longer leads there, or the authority to look has ended: nothing is asked then.
    Raises LedgerUnusable.
    """
    inventory = vantage.inventory
    asset = inventory.find_asset(finding.asset)
    if asset is None or vantage.unauthorised(asset) is not None:
        return None
    id_ = f"survey-{vantage.now():%Y%m%dT%H%M%SZ}"
    scope = vantage.scope()
    found = (await vantage.resolve((asset,), scope)).addresses
    seen = sorted(finding.seen, key=lambda one: (one.clears, -one.last_open.timestamp()))
    targets = {one.endpoint: one for one in _targets(asset, found, inventory, "x" + secrets.token_hex(8))}
    target = next((targets[one.endpoint] for one in seen if one.endpoint in targets), None)
    if target is None:
        return None
    key = vantage.pace_groups()[asset.id].key
    terms = _terms(vantage, inventory, asset, key, Permission(current or (lambda: inventory), vantage.now, asset))
    terms = replace(terms, follows=partial(_follow, vantage, inventory, ledger, id_))
    driver = vantage.driver(scope.allows, id_, scope)
    match target:
        case WebTarget():
            result = await survey(finding, target, driver, ledger, terms, whole=whole, on_progress=on_progress)
            if isinstance(result, Dialect):
                from monitor.surveys.bucket.run import survey_bucket

                bucket = _bucket_at(target, result, finding)
                result = await survey_bucket(
                    finding, bucket, driver, ledger, terms, via=target, whole=whole, on_progress=on_progress
                )
            surveyed = result
        case BucketTarget():
            # Few surveys are of buckets: the others need not load what lists keys.
            from monitor.surveys.bucket.run import survey_bucket

            prefixes = await ledger(lambda led: _prefixes(led, finding))
            surveyed = await survey_bucket(
                finding,
                _moved(target, asset, finding),
                driver,
                ledger,
                terms,
                prefixes=prefixes,
                whole=whole,
                on_progress=on_progress,
            )
        case ServiceTarget():
            if target.speaks not in SURVEYED:
                return None
            from monitor.surveys.shares.run import survey_service

            surveyed = await survey_service(
                finding, target, driver, ledger, terms, whole=whole, on_progress=on_progress
            )
        case _:
            assert_never(target)
    return surveyed


def left_unmeasured(inventory: Inventory, ledger: Ledger) -> tuple[Finding, ...]:
    """What is proven open, is to be measured by itself, and never was to the end: its survey was broken off, or the
    program before it began. Raises LedgerUnusable."""
    return surveyable(inventory, ledger.findings(ids=never_measured(ledger)))


def _follow(
    vantage: Vantage, inventory: Inventory, thread: LedgerThread, id_: str, ledger: Ledger, surveyed: SurveyResult
) -> None:
    # What follows for people, and all that judges it, is loaded when it is there: the host is not to wait for that.
    from monitor.rounds.recorder import Recorder
    from monitor.store.tables.rounds import RoundKind

    recorder = Recorder(id_, RoundKind.SURVEY, inventory, thread, vantage.now)
    recorder.record_survey(ledger, surveyed.finding, surveyed)


def _targets(
    asset: Asset, found: Mapping[str, tuple[str, ...]], inventory: Inventory, nonce: str
) -> tuple[Target, ...]:
    match asset:
        case HostAsset():
            services = [target for at in services_at(asset, found, {}, nonce) for target in at.targets]
            return (*endpoints(asset, found, inventory, nonce=nonce), *services)
        case BucketAsset():
            return bucket_targets(asset.id, asset.bucket, (), nonce)
        case _:
            assert_never(asset)


def _bucket_at(target: WebTarget, dialect: Dialect, finding: Finding) -> BucketTarget:
    """The bucket whose list of keys a host shows at a path of its own."""
    root = finding.place.path.partition("?")[0].rstrip("/")
    host = target.name or target.address
    return BucketTarget(target.asset, dialect, host, target.port, target.tls, "", root, finding.place)


def _terms(vantage: Vantage, inventory: Inventory, asset: Asset, key: str, refusal: Permission) -> Terms:
    settings, times = inventory.settings(asset).survey, inventory.settings(asset).timeouts
    vantage.pace.set(key, settings.pace, settings.concurrency, Work.SURVEY)
    waits = Timeouts(times.connect, times.read, times.ask)
    budget = SurveyBudget(settings.requests, settings.bytes, settings.seconds, waits)
    declared = [text for party in inventory.parties for text in (party.id, party.name)]
    declared += [text for one in inventory.assets for text in (one.id, one.host)]
    paths = [path for one in inventory.assets for path in one.declared_paths]
    paths += [public.path for one in inventory.assets for public in one.public]
    paths += [known.path for known in default_paths()]
    return Terms(budget, key, settings.concurrency, tuple(declared), tuple(paths), refusal)


def _moved(target: BucketTarget, asset: Asset, finding: Finding) -> BucketTarget:
    """The bucket at the endpoint of its region, where looks were led to one: its list is asked for there."""
    from probes.buckets.addresses.parse import moved

    if target.domain:
        # What was seen open is the owner's own name: what lies behind it may be closed, or elsewhere.
        return target
    host = next((fact.detail for fact in finding.facts if fact.kind is FactKind.ASKED_AT), "")
    for address in asset.bucket.addresses if isinstance(asset, BucketAsset) and host else ():
        there = moved(address, host) if address.dialect is target.dialect else None
        if there is not None:
            return replace(target, host=there.host, root=there.root, region=there.region)
    return target


def _prefixes(ledger: Ledger, finding: Finding) -> tuple[bytes, ...]:
    """The prefixes below which a bucket lists now, where it does not list as a whole; no one lies within another."""
    from monitor.store.tables.accounts import looks

    kept = [(check, key) for check, _, key in (one.partition("\n") for one in ledger.witnesses(finding.id))]
    seen = looks(ledger, finding.asset, finding.kind, str(finding.place))
    now = {check.name for _, _, _, checks in seen for check in checks if check.verdict == "exposed"}
    # Where no look is on file any more, what was ever open has to do.
    lists = now or {check for check, _ in kept}
    below = {check: key or check.removeprefix("list ") for check, key in kept if check.startswith("list ")}
    found = [prefix for check, prefix in below.items() if check in lists]
    if "list" in lists or not found:
        return (b"",)
    every = sorted(prefix.encode("utf-8", "surrogateescape") for prefix in set(found))
    return tuple(one for one in every if not any(one != other and one.startswith(other) for other in every))
