"""The API is asked what its description allows and what it forbids: no fault of ours, and answers as described."""

from __future__ import annotations

import asyncio
import copy
import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from monitor.web.v1.openapi import description
from tests.monitor.web.serving import Site, site
from tests.monitor.web.test_v1 import token

SCOPES = ("findings:read", "coverage:read", "reports:read", "actions:write")
EXPECTED = ["2xx", "3xx", "401", "403", "404", "409", "412", "429"]
"""What may be answered to a request as the description allows it: 409 and 412 depend on what is on file."""

LONGEST_LINE = 8000
"""No description says how long all parameters may be together: what does not fit a line of HTTP is refused unread."""

UNDESCRIBED = ("#reason", "#cursor", "1 to 366 days")
"""Refusals by rules that no schema can say: letters that are seen, a place in a list that we gave, a span of days."""


async def _with_what_only_the_server_gives(at: Site, headers: dict[str, str]) -> dict[str, Any]:
    """The description, in which ids and the version of a finding are those that the server answered."""

    async def answer(path: str) -> Any:
        return json.loads((await at.get(f"/api/v1{path}", headers=headers)).text)

    finding = at.house.findings["beta-disk"].id
    given = {
        "finding": [finding],
        "asset": ["beta-disk"],
        "message": [str((await answer("/messages"))["items"][0]["id"])],
        "If-Match": [f'"{(await answer(f"/findings/{finding}"))["etag"]}"'],
    }
    made = copy.deepcopy(description())
    # The token is sent with each request, whatever is made up.
    del made["security"], made["components"]["securitySchemes"]
    for methods in made["paths"].values():
        for operation in methods.values():
            for one in operation["parameters"]:
                if one["name"] in given and one["in"] != "query":
                    one["schema"] = {"type": "string", "enum": given[one["name"]]}
    return made


@pytest.mark.parametrize("role", ["viewer", "approver"])
async def test_what_the_description_allows_is_answered_as_it_says_and_what_it_forbids_is_refused(
    tmp_path: Path, role: str
) -> None:
    async with site(tmp_path) as at:
        described = await _with_what_only_the_server_gives(at, await token(at, *SCOPES, role=role))
        config = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}}})
        seen: set[tuple[str, int]] = set()

        def ask(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
            @settings(
                max_examples=5, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def each(case: Any) -> None:
                # An empty list in a query is not sent, so that nothing is wrong with such a request.
                assume([] not in (case.query or {}).values())
                answer = case.call(base_url=at.url, headers=headers)
                assume(len(str(answer.request.url)) < LONGEST_LINE)
                assume(not any(one in answer.text for one in UNDESCRIBED))
                case.validate_response(answer, headers=headers)
                seen.add((operation.label, answer.status_code))

            each()

        for found in schemathesis.openapi.from_dict(described, config=config).get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr]  # a description that is whole has no other
            headers = await token(at, *SCOPES, role=role, label=operation.label)
            # Where nothing is taken, nothing can be wrong.
            takes = described["paths"][operation.path][operation.method]["parameters"]
            for mode in GenerationMode if takes else [GenerationMode.POSITIVE]:
                await asyncio.to_thread(ask, operation, mode, headers)
        reads = {label for label, status in seen if status == 200}
        gone = {f"GET {path}" for path, methods in described["paths"].items() if "get" in methods} - reads
        assert gone == (set() if role == "approver" else {"GET /api/v1/log"}), "each was answered whole once"
