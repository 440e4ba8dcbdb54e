"""The examples of the manual are inventories that load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from monitor.inventory.load import loads

DOCS = Path(__file__).parents[3] / "docs"
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", ["logs", "dispatch", "eservices"])
def test_the_examples_of_a_page_load(page: str) -> None:
    written = [block for block in BLOCK.findall((DOCS / f"{page}.md").read_text("utf-8")) if "assets:" in block]
    assert written
    for block in written:
        tree = yaml.safe_load(block)
        owners = {asset["owner"] for asset in tree["assets"]}
        whole = {
            "leftopen": 1,
            "organisation": {"id": "region", "name": "Region", "contact": "security@region.example"},
            "parties": [{"id": one, "name": one, "role": "processor"} for one in sorted(owners)],
            **tree,
        }
        assert loads(yaml.safe_dump(whole, sort_keys=False)).assets


FRAGMENT = re.compile(r"```yaml\n((?:    eservices|    roles|    public).*?)```", re.DOTALL)


@pytest.mark.parametrize("portal", [0, 1])
def test_the_fragments_about_portals_load_together(portal: int) -> None:
    head = "assets:\n  - id: portal\n    host: portal.example\n    owner: region\n"
    *portals, roles, public = FRAGMENT.findall((DOCS / "eservices.md").read_text("utf-8"))
    assert len(portals) == 2, "services one by one, and by a sitemap"
    tree = yaml.safe_load(head + portals[portal] + roles + public)
    whole = {
        "leftopen": 1,
        "organisation": {"id": "region", "name": "Region", "contact": "security@region.example"},
        "parties": [{"id": "region", "name": "Region", "role": "controller"}],
        **tree,
    }
    (asset,) = loads(yaml.safe_dump(whole, sort_keys=False)).assets
    assert getattr(asset, "roles", None) is not None
    assert getattr(asset, "eservices", None) is not None
