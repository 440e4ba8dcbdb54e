"""The page about accounts: its IAM policies are what the code calls, and its inventory is one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from monitor.accounts import aws_api
from monitor.inventory.load import loads
from tests.monitor.inventory.samples import HEAD

PAGE = (Path(__file__).parents[3] / "docs" / "buckets-account.md").read_text("utf-8")


def actions(which: str) -> tuple[str, ...]:
    found = re.search(rf"<!-- policy: {which} -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return tuple(action for one in json.loads(found[1])["Statement"] for action in one["Action"])


def test_the_policies_are_the_table_of_calls() -> None:
    assert actions("account") == aws_api.actions(organisation=False)
    assert sorted((*actions("account"), *actions("organisation"))) == list(aws_api.actions(organisation=True))


def test_the_page_says_of_each_permission_what_it_is_for() -> None:
    rows = set(re.findall(r"^\| `([\w:]+)` \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE))
    assert rows == {(call.action, call.each, call.why) for call in aws_api.CALLS if call.action}


def test_nothing_in_it_writes_or_reads_an_object() -> None:
    for action in aws_api.actions(organisation=True):
        verb = action.partition(":")[2]
        assert verb.startswith(("Get", "List", "Assume"))
        assert verb not in ("GetObject", "ListBucket", "GetObjectVersion")


def test_the_methods_are_the_ones_of_boto3() -> None:
    import boto3

    session = boto3.session.Session("a", "b", region_name="eu-north-1")
    for call in (*aws_api.CALLS, aws_api.POLICY):
        assert hasattr(session.client(call.service), call.method), call


def test_the_example_is_an_inventory() -> None:
    (written,) = re.findall(r"```yaml\n(accounts:.*?)```", PAGE, re.DOTALL)
    asset = "assets: [{id: a, host: a.example, owner: vendor}]\n"
    head = HEAD.replace("{id: c1,", "{id: care-line,")
    assert len(loads(head + asset + written).accounts) == 4
