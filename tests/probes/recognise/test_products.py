"""Pages as many products send them are read whole: file managers, cameras, share pages, small devices."""

from __future__ import annotations

import pytest

from tests.probes.recognise.builders import held
from tests.probes.recognise.product_pages import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_products_are_read_whole(name: str) -> None:
    path, body, entries = PAGES[name]
    assert held(body, path) == entries
