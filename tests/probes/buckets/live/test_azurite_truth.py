"""What Azurite tells a stranger beyond the table."""

from __future__ import annotations

from tests.servers.launch import Server
from tests.servers.stored import send


def test_azurite_names_its_refusals(azurite: Server) -> None:
    headers = {"x-ms-version": "2021-12-02"}
    for place, code in (
        ("priv?restype=container&comp=list", "AuthorizationFailure"),
        ("nosuch/x", "AuthorizationFailure"),
        ("pubblob/no-such-call.wav", "BlobNotFound"),
    ):
        assert send(azurite, "GET", f"/devstoreaccount1/{place}", headers)[1]["x-ms-error-code"] == code
