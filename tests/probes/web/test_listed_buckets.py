"""Pages whose script lists a bucket on another host: never clear, never followed, and proposed for the inventory."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.coverage.states import undeclared
from probes.recognise.pages.script_loads import listed_bucket
from tests.monitor.network.rounds import application, inventory
from tests.servers.raw import Talk, listening, reply

HOST = "calls-archive.s3.eu-north-1.amazonaws.com"
_TABLE = "<!DOCTYPE html><html><head><title>Files</title></head><body><h1>Our files</h1><table id=t></table>"
_PROSE = "<p>Here are the files that we publish, in the order of their date. Ask our support for help with any of them."
SCRIPTS = {
    "s3-bucket-listing": f"var S3BL_IGNORE_PATH = true; var BUCKET_URL = 'https://{HOST}';",
    "AWS explorer": "var s3exp_config = { Region: 'eu-north-1', Bucket: 'calls-archive', Prefix: '' };"
    "new AWS.S3().makeUnauthenticatedRequest('listObjectsV2', s3exp_config, draw);",
    "fetch": f"const B = 'https://{HOST.upper()}/'; fetch(B + '?list-type=2&prefix=rec/').then(draw)",
}


@pytest.mark.parametrize("around", ["", _PROSE])
@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_page_that_draws_a_bucket_of_another_host_is_unknown_and_the_host_is_proposed(
    tmp_path: Path, name: str, around: str
) -> None:
    page = f"{_TABLE}{around}<script>{SCRIPTS[name]}</script></body></html>".encode()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(reply("200 OK", page) if hit.path == "/" else reply("404 Not Found", b"<h1>Not Found</h1>"))

    async with listening(serve) as server:
        alone = {"id": "site", "host": "127.0.0.1", "ports": [server.port]}
        bucket = {"id": "calls", "bucket": {"url": f"https://{HOST}/"}}
        async with application(inventory(alone), tmp_path / "a.db") as app:
            await app.round()
            rows = await app.ledger(
                lambda ledger: ledger.rows("SELECT place, verdict, why FROM places WHERE endpoint LIKE 'http:%'")
            )
            led = await app.ledger(lambda ledger: undeclared(ledger, app.inventory))
            with_it = await app.ledger(lambda ledger: undeclared(ledger, inventory(alone, bucket)))
    root = {(row["verdict"], row["why"]) for row in rows if row["place"].endswith(f":{server.port}/")}
    assert root == {("unknown", "drawn-by-script")}
    assert led == {"site": (f"https://{HOST}",)}
    assert with_it == {}, "what is declared is looked at as such"


@pytest.mark.parametrize(
    "page",
    [
        f"<p>Ours<img src='https://{HOST}/logo.png'><script>track('https://{HOST}/a.js')</script>",
        f"<script src='https://{HOST}/app.js'></script><p>BUCKET lists",
        "<script>var s3 = { Bucket: 'calls-archive', Region: 'eu-north-1' };</script>",
        "<script>fetch('/rows?prefix=rec/')</script>",
    ],
)
def test_a_page_that_loads_files_of_a_bucket_lists_none(page: str) -> None:
    assert listed_bucket(page.encode()) == ""
