"""Pages that a survey meets are read whole and claimed; what only looks like them is not."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.survey_lookalikes import ALIKE
from tests.probes.recognise.survey_pages import PAGES
from tests.probes.recognise.test_layouts import entries


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_survey_are_read_whole(name: str) -> None:
    path, body, holds = PAGES[name]
    found = recognise(body.encode(), HOST + path)
    assert isinstance(found, Listing), found
    assert found.claimed, found.reasons
    assert entries(found) == holds


@pytest.mark.parametrize("name", ALIKE)
def test_what_only_looks_like_a_listing_is_not_claimed(name: str) -> None:
    path, body = ALIKE[name]
    found = recognise(body.encode(), HOST + path)
    assert not (isinstance(found, Listing) and found.claimed), found
