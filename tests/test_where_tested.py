"""Where each module is tested: by the test file of its name, a test that imports it, or the behaviour test below."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BEHAVIOUR = {
    "monitor/__main__": "tests/acceptance/test_commands.py",
    "monitor/accounts/": "tests/monitor/accounts/test_amazon_account.py",
    "monitor/acting/": "tests/monitor/web/test_act.py",
    "monitor/alerts/messages/": "tests/monitor/alerts/test_golden_messages.py",
    "monitor/api/": "tests/acceptance/test_commands.py",
    "monitor/cli/actions/": "tests/monitor/cli/test_handle.py",
    "monitor/cli/findings/": "tests/acceptance/test_commands.py",
    "monitor/cli/looking/": "tests/acceptance/test_commands.py",
    "monitor/cli/messages/": "tests/monitor/cli/test_telling.py",
    "monitor/cli/system/": "tests/acceptance/test_honest_green.py",
    "monitor/cli/": "tests/acceptance/test_commands.py",
    "monitor/findings/reach/counted_page": "tests/monitor/network/test_observation_json.py",
    "monitor/findings/clock_key": "tests/monitor/legal/test_warn.py",
    "monitor/fleet/": "tests/monitor/fleet/test_fleet.py",
    "monitor/cli/fleet/": "tests/monitor/fleet/test_declaration.py",
    "monitor/health/": "tests/monitor/service/test_housekeeping.py",
    "monitor/inventory/": "tests/monitor/inventory/test_load.py",
    "monitor/legal/": "tests/monitor/legal/test_warn.py",
    "monitor/practice/": "tests/monitor/practice/test_organisation.py",
    "monitor/rounds/": "tests/monitor/practice/test_looks.py",
    "monitor/reports/": "tests/monitor/reports/test_vendor.py",
    "monitor/service/": "tests/monitor/service/test_watch.py",
    "monitor/store/damage/": "tests/monitor/store/damage/test_columns.py",
    "monitor/store/log/": "tests/monitor/store/test_evidence_log.py",
    "monitor/store/schema/": "tests/monitor/store/test_migrations.py",
    "monitor/store/messages/": "tests/monitor/alerts/test_folded.py",
    "monitor/store/opening": "tests/monitor/store/test_ledger.py",
    "monitor/store/access/thread": "tests/monitor/web/test_server.py",
    "monitor/store/summaries": "tests/monitor/web/test_server.py",
    "monitor/store/looks/": "tests/monitor/store/test_series.py",
    "monitor/store/schema/reading_tables": "tests/monitor/store/access/test_scope.py",
    "monitor/store/tables/": "tests/monitor/service/test_housekeeping.py",
    "monitor/surveys/shares/": "tests/monitor/surveys/test_shares.py",
    "monitor/surveys/record": "tests/monitor/surveys/test_bucket.py",
    "monitor/surveys/": "tests/monitor/surveys/test_automatic.py",
    "monitor/network/survey/": "tests/monitor/network/test_pace.py",
    "monitor/network/survey/steps": "tests/monitor/surveys/test_shares.py",
    "monitor/network/http/speaker": "tests/monitor/network/test_elsewhere.py",
    "monitor/network/names/sockets": "tests/monitor/network/test_cost.py",
    "monitor/network/sign_in/": "tests/probes/eservices/test_role_matrix.py",
    "monitor/web/": "tests/monitor/web/test_server.py",
    "probes/eservices/": "tests/probes/eservices/test_portal.py",
    "probes/buckets/": "tests/probes/buckets/test_never_clear.py",
    "probes/recognise/buckets/": "tests/probes/buckets/test_odd_answers.py",
    "probes/recognise/listing/structured/": "tests/probes/recognise/test_any_data.py",
    "probes/recognise/listing/published/": "tests/probes/recognise/test_told.py",
    "probes/recognise/listing/": "tests/probes/recognise/test_layouts.py",
    "probes/recognise/media/": "tests/probes/recognise/test_media.py",
    "probes/recognise/pages/": "tests/probes/recognise/test_page_kind.py",
    "probes/recognise/people/calls": "tests/probes/recognise/test_held_data.py",
    "probes/recognise/people/counts": "tests/probes/recognise/test_held_data.py",
    "probes/recognise/people/rows": "tests/probes/recognise/test_held_data.py",
    "probes/recognise/people/shown": "tests/probes/recognise/test_held_data.py",
    "probes/recognise/people/": "tests/probes/recognise/test_identifiers.py",
    "probes/recognise/shares/": "tests/probes/recognise/test_shares.py",
    "probes/recognise/stores/orthanc": "tests/probes/web/test_archive.py",
    "probes/services/": "tests/probes/services/test_matrix.py",
    "probes/web/": "tests/probes/web/test_listing.py",
    "probes/requests/": "tests/monitor/network/test_stream_client.py",
}
"""A module, or a folder, and the test of what it does, through the parts that use it."""

MODULES = tuple(
    str(path.relative_to(ROOT))
    for package in ("monitor", "probes")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.name != "__init__.py"
)
TESTS = tuple(path for path in (ROOT / "tests").rglob("test_*.py") if not {".pypi", "node_modules"} & set(path.parts))


def _imported() -> frozenset[str]:
    """Every module that some test imports, as a path without its ending."""
    found = set()
    for test in TESTS:
        for node in ast.walk(ast.parse(test.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module.replace(".", "/")}
                found |= {f"{node.module.replace('.', '/')}/{alias.name}" for alias in node.names}
    return frozenset(found)


def test_every_module_is_tested_somewhere() -> None:
    named = {test.stem.removeprefix("test_") for test in TESTS}
    imported = _imported()
    lost = [
        module
        for module in MODULES
        if Path(module).stem.lstrip("_") not in named
        and module.removesuffix(".py") not in imported
        and not any(module.startswith(place) for place in BEHAVIOUR)
    ]
    assert lost == [], "write a test file of that name, or name the behaviour test that covers it"


@pytest.mark.parametrize("place", BEHAVIOUR)
def test_the_behaviour_test_is_there_and_so_is_what_it_covers(place: str) -> None:
    assert (ROOT / BEHAVIOUR[place]).is_file()
    assert any(module.startswith(place) for module in MODULES)
