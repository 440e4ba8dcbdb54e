"""Signs what a probe wants signed, with the key that the owner gave for it: never with any other, never unasked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.network.stores.client import Sign
from monitor.network.stores.credentials import pair_of
from monitor.network.stores.sigv4 import sign
from probes.api import BucketTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Request

Headers = tuple[tuple[str, str], ...]


def probing(inventory: Inventory, environ: Mapping[str, str], now: Callable[[], datetime]) -> Sign:
    """What signs requests about the buckets of `inventory` that declare a probing key."""
    return partial(_signed, inventory, environ, now)


def _signed(
    inventory: Inventory,
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    target: BucketTarget,
    request: Request,
) -> Headers | NoAnswer:
    asset = inventory.asset(target.asset)
    if not isinstance(asset, BucketAsset) or asset.bucket.probing_key is None:
        return NoAnswer(NoAnswerReason.NOT_ASKED, "no probing key is declared")
    try:
        keys = pair_of(resolve_secret(asset.bucket.probing_key, environ))
    except NoSecret as error:
        return NoAnswer(NoAnswerReason.NOT_ASKED, str(error))
    host = request.host or target.host
    url = f"{'https' if target.tls else 'http'}://{_authority(target, host)}{request.path}"
    return sign(request.method, url, request.headers, _region(target, host), keys, now())


def _authority(target: BucketTarget, host: str) -> str:
    said = f"[{host}]" if ":" in host else host
    return said if target.port == (443 if target.tls else 80) else f"{said}:{target.port}"


def _region(target: BucketTarget, host: str) -> str:
    """The region that `host` is an endpoint of, by the provider's pattern; else the one that is declared."""
    before, gap, after = target.regional.partition("{region}")
    before, after = (part.replace("{bucket}", target.bucket) for part in (before, after))
    match = re.fullmatch(f"{re.escape(before)}([a-z0-9-]+){re.escape(after)}", host) if gap else None
    return match[1] if match else target.region
