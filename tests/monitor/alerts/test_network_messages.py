"""Where we look from several networks a message says from which one a place was seen open; else it says nothing new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.delivery.signed_links import UnsignedLinks
from monitor.alerts.messages.reader import Reader
from monitor.alerts.messages.text.news import news_text
from monitor.store.messages.facts import News, dump_facts, load_facts
from tests.monitor.network.rounds import inventory
from tests.monitor.store.builders import found

NAS = {"id": "nas", "host": "nas.test", "addresses": ["192.0.2.1"]}
OURS = [{"id": "ours", "party": "vendor", "url": "env:X"}]
BOTH = [{"id": "sjunet-1", "network": "sjunet", "addresses": ["192.0.2.77"]}]


@pytest.mark.parametrize(
    ("network", "vantages", "said"),
    [
        ("", [], ""),
        ("", BOTH, "It was seen open from the network internet."),
        ("sjunet", BOTH, "It was seen open from the network sjunet."),
        ("sjunet", [], "It was seen open from the network sjunet."),
    ],
)
def test_a_message_says_from_where_it_is_open(network: str, vantages: list[dict[str, str]], said: str) -> None:
    declared = inventory(NAS, channels=OURS, vantages=vantages)
    finding, change = found()
    news = News(replace(finding, network=network), change, ("vendor",), owner_told=True)
    read = load_facts(dump_facts(news))
    assert isinstance(read, News)
    assert read.finding.network == network, "it is kept with the message"
    body = str(news_text(read, Reader(declared, "ours", "vendor", UnsignedLinks(declared))).body)
    assert (said in body) if said else ("from the network" not in body)
    assert ("192.0.2.77" in body) == bool(vantages), "whoever reads logs knows every address that we come from"
