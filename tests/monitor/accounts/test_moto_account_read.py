"""An account of moto's, read: every way in which a configuration is open, or looks open and is not."""

from __future__ import annotations

from monitor.accounts.bucket_settings import Open
from monitor.network.stores.credentials import Keys
from tests.monitor.accounts.owners import read, states
from tests.servers.launch import Server


def test_each_bucket_of_an_account_and_its_organisation(moto: Server) -> None:
    from tests.servers import moto as seeded

    keys = Keys(*seeded.OWNER)
    found = read(keys, provider="aws", endpoint=moto.url, organisation="true", member_role="leftopen")
    assert (found.faults, found.complete) == ((), True)
    says = states(found)
    assert {name for name, state in says.items() if state is Open.OPEN} == {*seeded.OPEN, seeded.ABROAD}
    assert {name for name, state in says.items() if state is Open.CLOSED} == {*seeded.CLOSED}
