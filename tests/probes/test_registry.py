"""The catalogue: every probe once, with a name, a line and a docstring, and none that could write."""

from __future__ import annotations

from typing import get_args

from probes.api import BucketTarget, Dialect, WebTarget
from probes.registry import CATALOGUE, PROBES, STORE_PROBES
from probes.requests.http import Method


def test_every_probe_is_there_once_and_says_what_it_does() -> None:
    names = [probe.name for probe in CATALOGUE]
    assert {"http-listing", "http-media"} <= set(names)
    assert len(set(names)) == len(names)
    assert set(STORE_PROBES) == set(Dialect)
    assert all(probe.takes is BucketTarget for probe in STORE_PROBES.values())
    assert all(probe.takes is WebTarget for probe in PROBES)
    for probe in CATALOGUE:
        assert probe.says
        assert (probe.look.__doc__ or "").strip()
        assert probe.name == probe.name.lower()


def test_no_verb_writes() -> None:
    assert set(get_args(Method)) == {"GET", "HEAD", "PROPFIND"}
