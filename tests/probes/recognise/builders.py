"""What the tests of the recognisers share: what a page holds, said in short."""

from __future__ import annotations

from probes.recognise.listing.recognise import Kind, Listing, recognise

HOST = "http://files.example"


def held(body: str, path: str = "/rec/", **kwargs: object) -> list[str]:
    """What a page holds, in short: `d name` or `f name bytes`, a `~` before bytes that are rounded."""
    found = recognise(body.encode(), HOST + path, **kwargs)  # type: ignore[arg-type]
    assert isinstance(found, Listing), found
    assert found.claimed, found
    said = []
    for entry in found.entries:
        if entry.kind is Kind.DIRECTORY:
            assert entry.size is None
            said.append(f"d {entry.name}")
        elif entry.size is None:
            said.append(f"f {entry.name}")
        else:
            said.append(f"f {entry.name} {'' if entry.size.exact else '~'}{entry.size.best}")
    return said


def family(body: str, path: str = "/rec/") -> str:
    """The family that a page is read as."""
    found = recognise(body.encode(), HOST + path)
    assert isinstance(found, Listing), found
    return found.family
