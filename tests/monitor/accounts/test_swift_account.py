"""A real Swift's account, read with a token of TempAuth's."""

from __future__ import annotations

from monitor.accounts.bucket_settings import Open
from monitor.network.stores.credentials import Keys
from tests.monitor.accounts.owners import read, states
from tests.servers.launch import Server


def test_each_container(swift: Server) -> None:
    from tests.servers import swift as seeded

    keys = Keys(seeded.USER, seeded.SECRET)
    found = read(keys, provider="swift", auth=f"{swift.url}/auth/v1.0")
    assert (found.faults, found.complete) == ((), True)
    says = states(found)
    opened = {name for name, headers in seeded.CONTAINERS.items() if "X-Container-Read" in headers}
    assert {name for name, state in says.items() if state is Open.OPEN} == opened
    assert says["priv"] is Open.CLOSED
    assert found.storage.endswith("/v1/AUTH_test")
