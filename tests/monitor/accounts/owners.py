"""Reading accounts of test servers, as the program does it."""

from __future__ import annotations

from typing import Any

from monitor.accounts.bucket_settings import Open, configured
from monitor.accounts.settings_reader import Reading, _allows, read_blocking
from monitor.accounts.signed_http import Guarded, Waits
from monitor.inventory.model.accounts import Account
from monitor.network.stores.credentials import Keys


def read(keys: Keys, **written: Any) -> Reading:
    """One reading over loopback."""
    own = {"user": "env:A", "password": "env:B"}
    if written["provider"] != "swift":
        own = {"access_key": "env:A", "secret_key": "env:B"}
    account = Account.model_validate({"id": "ours", "owner": "region", "credentials": own, **written})
    waits = Waits(connect=2, read=5, answer=10, whole=60)
    way = Guarded(_allows(account), lambda host, port: ("127.0.0.1",), {"User-Agent": "leftopen/test"}, waits)
    return read_blocking(account, keys, "", way)


def states(found: Reading) -> dict[str, Open]:
    """What the settings of each bucket come to."""
    return {bucket.name: configured(bucket).open for bucket in found.buckets}
