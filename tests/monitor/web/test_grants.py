"""What a grant shows: the scope of its party, of the ledger and of the inventory, and never a union of two grants."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.inventory.model.installation.web import WebRole
from monitor.store import queries
from monitor.store.access.scope import ScopedLedger
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import NewMessage
from monitor.web.identity.grants import Held, direct, granted, seen
from monitor.web.identity.permits import GRAVE, PERMITS, Permit
from tests.monitor.web.house import NOW, filled, inventory

WEB = """
web:
  listen: 127.0.0.1:8480
  url: https://leftopen.region.example
  grants:
    - {claim: groups, value: region-soc, role: approver, party: region}
    - {claim: groups, value: alpha-ops, role: responder, party: alpha}
    - {claim: role, value: alpha-ops, role: viewer, party: beta}
"""


def test_claims_give_grants_by_their_claim_and_value() -> None:
    declared = inventory(WEB)
    assert [str(one) for one in granted(declared, {"groups": ("x", "alpha-ops")})] == ["responder:alpha"]
    both = granted(declared, {"groups": ("alpha-ops",), "role": ("alpha-ops",)})
    assert [str(one) for one in both] == ["responder:alpha", "viewer:beta"]
    assert granted(declared, {"groups": ("alpha",), "other": ("region-soc",)}) == ()
    assert granted(inventory(), {"groups": ("region-soc",)}) == ()


def test_a_direct_grant_needs_its_party_and_an_operator_its_organisation() -> None:
    declared = inventory()
    assert direct(declared, "viewer", "alpha") == Held(WebRole.VIEWER, "alpha")
    assert direct(declared, "operator", "region") is not None
    for role, party in (("operator", "alpha"), ("viewer", "gone"), ("admin", "alpha")):
        assert direct(declared, role, party) is None


@pytest.mark.parametrize(
    ("party", "assets", "parties", "contracts", "channels"),
    [
        ("region", "alpha-disk beta-disk own-site", "region alpha sub beta", "c-alpha c-sub c-beta",
         "region-soc alpha-oncall sub-oncall beta-oncall"),
        ("alpha", "alpha-disk", "region alpha sub", "c-alpha c-sub", "alpha-oncall sub-oncall"),
        ("sub", "alpha-disk", "region alpha sub", "c-sub", "sub-oncall"),
        ("beta", "beta-disk", "region beta", "c-beta", "beta-oncall"),
    ],
)  # fmt: skip
def test_the_inventory_is_cut_to_the_scope(
    party: str, assets: str, parties: str, contracts: str, channels: str
) -> None:
    view = seen(inventory(WEB), Held(WebRole.VIEWER, party))
    assert [one.id for one in view.inventory.assets] == assets.split()
    assert [one.id for one in view.inventory.parties] == parties.split()
    assert [one.id for one in view.contracts] == contracts.split()
    assert [one.id for one in view.inventory.channels] == channels.split()
    assert (view.inventory.web, view.inventory.accounts) == (None, ())
    for asset in view.inventory.assets:
        assert view.inventory.chain(asset), "chains can still be followed"
    for one in view.inventory.parties:
        view.inventory.channels_of(one)
    assert "beta" in str(view.inventory) or party not in ("region", "beta")
    assert "beta" not in str(view.inventory) or party in ("region", "beta")


def test_an_operator_sees_the_installation_and_no_evidence() -> None:
    view = seen(inventory(WEB), Held(WebRole.OPERATOR, "region"))
    assert view.scope.installation
    assert not view.scope.evidence
    assert not seen(inventory(WEB), Held(WebRole.APPROVER, "region")).scope.installation


def test_two_grants_and_two_inventories_are_two_scopes() -> None:
    keys = {
        seen(inventory(more), Held(role, party)).scope.key
        for more in ("", WEB)
        for role in (WebRole.VIEWER, WebRole.AUDITOR)
        for party in ("alpha", "beta")
    }
    assert len(keys) == 8


def test_who_works_for_two_is_seen_by_each_only_in_what_is_theirs(tmp_path: Path) -> None:
    """The messages of a shared sub-processor about another's asset are not its controller's to see."""
    text_of_both = inventory().model_copy()
    both = text_of_both.model_copy(
        update={
            "contracts": (
                *text_of_both.contracts,
                text_of_both.contract("c-sub").model_copy(
                    update={"id": "c-sub2", "controller": "beta", "under": "c-beta"}
                ),
            )
        }
    )
    with filled(tmp_path / "leftopen.db", both) as (ledger, found):
        finding = found["beta-disk"]
        other = NewMessage(f"{finding.id}/1/sub-oncall", finding.id, 1, "opened", "sub-oncall", "sub", "high", "{}")
        drill = NewMessage("drill/DRILL-1/sub-oncall", "", 0, "drill", "sub-oncall", "sub", "low", "{}")
        ledger.owe((other, drill), NOW)
        _scoped(ledger, both, "alpha", finding.id)


def _scoped(ledger: Ledger, both: object, party: str, foreign: str) -> None:
    view = seen(both, Held(WebRole.VIEWER, party))  # type: ignore[arg-type]
    mine = ScopedLedger(ledger.path, view.scope)
    assert queries.messages_about(mine, foreign) == ()
    rows = mine.rows("SELECT finding, step FROM dues WHERE party = 'sub'")
    assert foreign not in {row["finding"] for row in rows}
    assert "drill" in {row["step"] for row in rows}
    mine.close()


def test_roles_are_what_they_are_called() -> None:
    assert PERMITS[WebRole.VIEWER] == {Permit.READ}
    assert not PERMITS[WebRole.RESPONDER] & GRAVE
    assert PERMITS[WebRole.APPROVER] >= GRAVE
    for role in (WebRole.OPERATOR, WebRole.AUDITOR):
        assert not PERMITS[role] - {Permit.READ, Permit.LOG, Permit.INSTALLATION}
