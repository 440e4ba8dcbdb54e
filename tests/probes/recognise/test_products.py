"""Pages as many products send them are read whole: file managers, cameras, share pages, small devices."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise import device_pages, product_pages
from tests.probes.recognise.builders import HOST, held

PAGES = product_pages.PAGES | device_pages.PAGES


@pytest.mark.parametrize("name", PAGES)
def test_products_are_read_whole(name: str) -> None:
    path, body, entries = PAGES[name]
    assert held(body, path) == entries


@pytest.mark.parametrize("name", device_pages.ALIKE)
def test_what_is_no_product_of_files_is_no_listing(name: str) -> None:
    path, body = device_pages.ALIKE[name]
    found = recognise(body.encode(), HOST + path)
    assert not (isinstance(found, Listing) and found.claimed), found
