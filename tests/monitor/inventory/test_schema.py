"""The schema and the manual say what the model says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from monitor.inventory.load import loads
from monitor.inventory.reference import renewed
from monitor.inventory.schema import schema, sections

_PAGE = Path(__file__).parents[3] / "docs" / "inventory.md"


def test_every_key_has_a_description_and_stands_in_the_schema() -> None:
    made = schema()
    for model in sections():
        part: dict[str, Any] = made if model.__name__ == "Inventory" else made["$defs"][model.__name__]
        assert set(part["properties"]) == {field.alias or key for key, field in model.model_fields.items()}
        assert part["additionalProperties"] is False
        for key, entry in part["properties"].items():
            assert entry["description"].endswith("."), (model, key)
            assert "anyOf" not in entry
            assert entry.get("type") != "null"


def test_the_schema_is_json_and_its_references_lead_somewhere() -> None:
    made = schema()
    for name in re.findall(r"#/\$defs/(\w+)", json.dumps(made)):
        assert name in made["$defs"]
    host, bucket = made["$defs"]["HostAsset"], made["$defs"]["BucketAsset"]
    assert set(host["required"]) == {"id", "host", "owner"}
    assert set(bucket["required"]) == {"id", "bucket", "owner"}
    assert list(host["properties"])[:2] == ["id", "host"]
    assert host["properties"]["ports"]["default"] == [80, 443]
    assert "ports" not in bucket["properties"]
    assert made["$defs"]["Defaults"]["properties"]["interval"]["default"] == "15m"
    assert made["$defs"]["Budget"]["properties"]["bytes"]["default"] == "8MiB"
    assert "recordings" in made["$defs"]["DataKind"]["enum"]


def test_the_manual_holds_the_reference_that_the_model_makes() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run: python -m monitor.inventory.reference docs/inventory.md"


def test_the_example_of_the_manual_is_whole() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    inventory = loads(example)
    recorder = inventory.asset("call-recorder")
    assert [party.id for party in inventory.chain(recorder)] == ["recorder", "vendor", "region"]
    assert all(inventory.channels_of(party) for party in inventory.chain(recorder))
