"""Vantages and networks: ids of their own, controls of a network that is used, and from where an asset is looked at."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.inventory import warnings
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.log_scope import scope_of
from tests.monitor.inventory import samples

INSIDE = "vantages: [{id: sjunet-1, network: sjunet}]\n"
HOST = "host: a.example, contract: c1"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (INSIDE, ""),
        ("vantages: [{id: internet-1}]\n", "vantage 'internet-1' is this installation's own (vantage: id)"),
        ("vantages: [{id: a}, {id: a}]\n", "vantage 'a' is declared twice (also vantages[0])"),
        ("networks: [{id: sgsi}]\n", "id 'sgsi' is no declared network of a vantage (known: internet)"),
        (
            INSIDE + "networks: [{id: sjunet, reflector: 'https://r.example/'}]\n",
            "network 'sjunet' has a reflector: declare the addresses that it must see",
        ),
        (INSIDE + "networks: [{id: sjunet, beacon: 'ftp://b.example/'}]\n", "is not an http(s) URL"),
    ],
)
def test_what_must_fit_together(more: str, said: str) -> None:
    found = samples.lines(samples.text("host: a.example", more=more))
    assert said in "\n".join(found)
    assert bool(found) == bool(said)


def test_a_vantage_that_nothing_shows_to_be_in_its_network_is_warned_of() -> None:
    def warned(more: str) -> bool:
        faults = warnings.faults(samples.of("host: a.example", more=more), date(2026, 11, 29))
        return any("nothing shows that vantage 'sjunet-1' is in 'sjunet'" in one.text for one in faults)

    assert warned(INSIDE)
    assert not warned(INSIDE + "networks: [{id: sjunet, beyond: 'https://b.example/'}]\n")


@pytest.mark.parametrize(
    ("own", "others", "reach", "networks"),
    [
        ("internet", (), "nobody", ("internet",)),
        ("internet", (), "sjunet", ("internet",)),
        ("internet", ("sjunet",), "sjunet", ("internet", "sjunet")),
        ("internet", ("sjunet",), "nobody", ("internet",)),
        ("internet", ("sjunet",), "internet", ("internet",)),
        ("internet", ("sjunet", "sgsi"), "sgsi", ("internet", "sgsi")),
        ("internet", ("internet",), "nobody", ("internet",)),
        ("sjunet", (), "sjunet", ("sjunet",)),
        ("sjunet", (), "internet", ("sjunet",)),
        ("sjunet", ("internet",), "internet", ("internet",)),
        ("sjunet", ("internet",), "sjunet", ("sjunet", "internet")),
    ],
)
def test_from_where_an_asset_is_looked_at(
    own: str, others: tuple[str, ...], reach: str, networks: tuple[str, ...]
) -> None:
    declared = of(own, others, f"host: a.example, reach: {reach}")
    assert declared.looked_from(declared.assets[0]) == networks
    (asset,) = scope_of(declared).assets
    assert asset.networks == (networks if others else ()), "a scope of one vantage is declared as before"


def test_a_contract_that_promises_a_network_is_kept_an_eye_on_from_both_sides() -> None:
    declared = of("internet", ("sjunet",), HOST)
    promised = declared.contracts[0].promises.model_copy(update={"network": "sjunet"})
    contract = declared.contracts[0].model_copy(update={"promises": promised})
    declared = declared.model_copy(update={"contracts": (contract,)})
    assert declared.looked_from(declared.assets[0]) == ("internet", "sjunet")


def test_assets_of_one_inventory_are_looked_at_each_from_its_own_networks() -> None:
    reaches = ("sjunet", "internet", "sjunet", "internet")
    assets = [f"host: a{n}.example, reach: {reach}" for n, reach in enumerate(reaches)]
    more = "vantage: {network: internet}\nvantages: [{id: sjunet-9, network: sjunet}]\n"
    declared = samples.of(*assets, more=more)
    assert [(declared.looked_from(one), declared.lookers(one)) for one in declared.assets] == [
        (("internet", "sjunet"), 2), (("internet",), 1),
    ] * 2  # fmt: skip
    moved = declared.model_copy(update={"vantages": ()})
    assert [moved.lookers(one) for one in moved.assets] == [1] * 4, "of a copy it is worked out anew"


def of(own: str, others: tuple[str, ...], asset: str) -> Inventory:
    listed = ", ".join(f"{{id: {one}-9, network: {one}}}" for one in others)
    return samples.of(asset, more=f"vantage: {{network: {own}}}\nvantages: [{listed}]\n")
