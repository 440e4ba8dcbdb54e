"""The registry: every probe once, with a name, a line and a docstring, and none that could write."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import get_args

import probes
from probes.api import BucketTarget, Dialect, Probe, WebTarget
from probes.registry import PROBES, WEB_PROBES, bucket_probe
from probes.requests.http import Method

HOUSE = Path(__file__).parents[2]


def test_every_probe_is_there_and_says_what_it_does() -> None:
    assert {"http-listing", "http-media", "s3-bucket", "store-name"} <= set(PROBES)
    assert all(probe.takes is WebTarget for probe in WEB_PROBES)
    for name, probe in PROBES.items():
        assert probe.name == name == name.lower()
        assert probe.says
        assert (probe.look.__doc__ or "").strip()


def test_every_dialect_of_a_store_has_a_probe_in_the_registry() -> None:
    found = [bucket_probe(dialect) for dialect in Dialect]
    assert len({probe.name for probe in found}) == len(Dialect)
    assert all(PROBES[probe.name] is probe and probe.takes is BucketTarget for probe in found)


def test_every_probe_of_the_package_is_in_the_registry() -> None:
    found: dict[str, Probe[WebTarget] | Probe[BucketTarget]] = {}
    for module in pkgutil.walk_packages(probes.__path__, "probes."):
        for thing in vars(importlib.import_module(module.name)).values():
            for one in thing if isinstance(thing, tuple) else (thing,):
                if isinstance(one, Probe):
                    assert found.setdefault(one.name, one) is one, f"two probes are called {one.name}"
    assert found == dict(PROBES)


def test_no_probe_is_made_while_the_program_runs() -> None:
    """One that a function makes cannot be found by its name in another process."""
    made = []
    for package in ("probes", "monitor"):
        for path in sorted((HOUSE / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            for function in ast.walk(ast.parse(text)) if "Probe" in text else ():
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                    calls = (one for one in ast.walk(function) if isinstance(one, ast.Call))
                    made += [f"{path}:{one.lineno}" for one in calls if ast.unparse(one.func).startswith("Probe")]
    assert made == []


def test_no_verb_writes() -> None:
    assert set(get_args(Method)) == {"GET", "HEAD", "PROPFIND"}
