"""Metrics of one scope, by token; the alert rules rest on metrics that there are, and notice what is missing."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.monitor.web.house import NOW
from tests.monitor.web.serving import Site, site

GRAFANA = Path(__file__).parents[3] / "docs" / "grafana-dashboard.json"
RULES = Path(__file__).parents[3] / "docs" / "prometheus-rules.yaml"


async def metrics(at: Site, party: str, label: str) -> dict[tuple[str, str], float]:
    ends = NOW + timedelta(days=9)
    made = await at.services.access(
        lambda file: file.make_token(label, "viewer", party, ("metrics:read",), NOW, ends)
    )  # fmt: skip
    answer = await at.get("/metrics", headers={"Authorization": f"Bearer {made}"})
    assert answer.status == 200
    assert "alpha" not in answer.text
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_scope_counts_its_own(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        region, beta = await metrics(at, "region", "r"), await metrics(at, "beta", "b")
        assert (region["leftopen_open_findings", ""], beta["leftopen_open_findings", ""]) == (2, 1)
        assert (region["leftopen_assets", ""], beta["leftopen_assets", ""]) == (3, 1)
        assert beta["leftopen_dues", "dead"] == 0
        assert beta["leftopen_findings", "low,cleared"] == 0, "a zero is said"
        assert beta["leftopen_round_blind", ""] == 0
        assert beta["leftopen_oldest_conclusive_timestamp_seconds", ""] == (NOW + timedelta(seconds=2)).timestamp()
        assert (await at.get("/metrics")).status in (303, 401)
        rules = yaml.safe_load(RULES.read_text("utf-8"))["groups"][0]["rules"]
        known = {name for name, _ in region}
        for rule in rules:
            named = set(re.findall(r"leftopen_\w+", rule["expr"]))
            assert named <= known, rule["alert"]
            assert "absent(" in rule["expr"] or rule["alert"] == "LeftopenSomethingOpen"
        for panel in json.loads(GRAFANA.read_text("utf-8"))["panels"]:
            named = {one for target in panel["targets"] for one in re.findall(r"leftopen_\w+", target["expr"])}
            assert named, panel["title"]
            assert named <= known, panel["title"]
            assert "cannot see" in panel["fieldConfig"]["defaults"]["noValue"], "a missing figure is not green"
