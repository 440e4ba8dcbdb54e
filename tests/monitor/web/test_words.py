"""The sentences of the pages are there in every language, with the same gaps; templates escape everything."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from monitor.alerts.messages.catalogue import catalogue
from monitor.coverage.asset_state import AssetStatus
from monitor.findings.finding import Severity, State
from monitor.findings.handling import TriageStatus
from monitor.inventory.model.installation.web import WebRole
from monitor.web.read.findings import KNOWN
from monitor.web.read.head import SEEING, TELLING
from monitor.web.table import ROUTES
from monitor.web.v1.models import AssetsQuery
from probes.facts import FactKind

WEB = Path(__file__).parents[3] / "monitor" / "web"
TEMPLATES = sorted((WEB / "pages").glob("*.j2"))


def gaps(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_has_every_sentence_with_the_same_gaps() -> None:
    en, sv = (catalogue("monitor.web")[one] for one in ("en", "sv"))
    assert list(en) == list(sv)
    assert {key for key in en if gaps(en[key]) != gaps(sv[key])} == set()
    assert {key for key in en if not sv[key].strip()} == set()


def test_every_word_of_a_value_has_its_sentence() -> None:
    en = catalogue("monitor.web")["en"]
    wanted = [f"severity.{one}" for one in Severity] + [f"state.{one}" for one in (*State, "open")]
    wanted += [f"handling.{one}" for one in TriageStatus] + [f"status.{one}" for one in AssetStatus]
    wanted += [f"role.{one}" for one in WebRole]
    wanted += [f"route.{one.name.removeprefix('api-')}" for one in ROUTES if not one.by_itself]
    wanted += [f"part.{one}" for one in (*SEEING, *TELLING)]
    wanted += [f"{key}.{word}" for key, words in KNOWN.items() for word in words]
    assert [key for key in wanted if key not in en] == []


def test_every_fact_has_its_sentence_in_messages_or_on_pages() -> None:
    for language, words in catalogue("monitor.web").items():
        told = catalogue()[language]
        assert [kind for kind in FactKind if f"fact.{kind}" not in words and f"fact.{kind}" not in told] == []


def test_templates_name_sentences_that_there_are_and_escape_everything() -> None:
    en = catalogue("monitor.web")["en"]
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        named = set(re.findall(r"""\bt\(["']([^"']+)["'][,)]""", text))
        assert named <= set(en), path.name
        assert not re.search(r"\|\s*safe|Markup|autoescape|style=|javascript:|\son\w+=", text), path.name
        assert not re.search(r"""<[^>]*\s[\w-]+=\{\{""", re.sub(r"\{#.*?#\}", "", text)), (
            f"{path.name}: quote attributes"
        )
    for source in WEB.rglob("*.py"):
        assert "Markup(" not in source.read_text("utf-8")


def test_nothing_comes_from_elsewhere() -> None:
    for path in (*TEMPLATES, *(WEB / "static").iterdir()):
        # The name of the language of pictures is a name: nobody asks for it.
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?://|//[a-z]+\.", text), path.name


def test_the_api_takes_every_state_of_an_asset() -> None:
    AssetsQuery(status=[one.value for one in AssetStatus])
