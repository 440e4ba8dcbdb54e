"""Which declared names the probe of dangling names looks at, by what name servers said of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from monitor.inventory.endpoints import names_to_resolve
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.buckets import bucket_targets, web_address
from monitor.inventory.values.addresses import is_address
from monitor.network.budget import Limits
from monitor.network.names.dns import Resolved
from monitor.rounds.run import Job
from probes.api import BucketTarget, Known, NameChain, Place
from probes.buckets.dangling import DANGLING_NAME, evidence, name_target
from probes.reasons import NoAnswerReason


def names_that_lead(asset: Asset) -> tuple[str, ...]:
    """The declared names of `asset` that may stand for others: its host names, or the domain in front of its bucket."""
    if not isinstance(asset, BucketAsset):
        return names_to_resolve(asset)
    if asset.bucket.domain is None or asset.addresses:
        return ()
    host = web_address(asset.bucket.domain)[0]
    return () if is_address(host) else (host,)


def name_jobs(
    asset: Asset,
    said: Mapping[str, Resolved],
    on_file: Collection[Place],
    pace_key: str,
    limits: Limits,
    nonce: str,
) -> tuple[Job, ...]:
    """The looks at names of `asset`, by what name servers said; `on_file` are the places with an open finding."""
    jobs = []
    for name in names_that_lead(asset):
        answer = said.get(name)
        if answer is None or answer.why not in (None, NoAnswerReason.NO_SUCH_NAME):
            continue
        target = _target(asset, name, nonce)
        names = NameChain(answer.chain, bool(answer.addresses), answer.missing)
        was_dangling = target.filed in on_file
        # The probe of the bucket itself asks the store behind the bucket's own domain.
        if evidence(names, was_dangling) is not None and (isinstance(asset, HostAsset) or not answer.addresses):
            known = (Known(target.filed.path),) if was_dangling else ()
            jobs.append(Job(DANGLING_NAME, replace(target, names=names, known=known), pace_key, limits))
    return tuple(jobs)


def _target(asset: Asset, name: str, nonce: str) -> BucketTarget:
    if isinstance(asset, BucketAsset):
        return bucket_targets(asset.id, asset.bucket, (), nonce)[-1]
    return name_target(asset.id, name, asset.ports, nonce)
