"""The files of a tree that a product's interface lists are kept at the address where the product hands them out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.monitor.surveys.builders import opened
from tests.servers.pages import NOT_FOUND, SOUND, sound
from tests.servers.raw import Talk, listening, reply

SHELL = (
    b'<!doctype html><html lang="en"><head><title>JupyterLab</title><script id="jupyter-config-data" '
    b'type="application/json">{"appName": "JupyterLab", "baseUrl": "/", "token": ""}</script></head>'
    b'<body><script defer src="/static/lab/main.js"></script></body></html>'
)
FOLDERS: dict[str, list[tuple[str, int | None]]] = {
    "": [("2024", None), ("in-0701740612-20241101.wav", 4000)],
    "2024": [("in-0701740613-20241102.wav", 4000), ("in-0701740614-20241102.wav", 4000)],
}


def _rows(folder: str) -> bytes:
    content = [
        {"name": name, "path": f"{folder}/{name}".lstrip("/"), "last_modified": "2024-11-02T23:43:53Z", "content": None,
         "mimetype": None, "size": size, "type": "directory" if size is None else "file"}
        for name, size in FOLDERS[folder]
    ]  # fmt: skip
    return json.dumps({"name": folder, "path": folder, "content": content, "type": "directory"}).encode()


async def _serve(talk: Talk) -> None:
    while (hit := await talk.hear()) is not None:
        path = hit.path.partition("?")[0]
        folder, _, name = path.removeprefix("/files/").rpartition("/")
        if path == "/":
            await talk.say(reply(200, SHELL))
        elif path.startswith("/api/contents") and path.removeprefix("/api/contents").strip("/") in FOLDERS:
            await talk.say(reply(200, _rows(path.removeprefix("/api/contents").strip("/")), "application/json"))
        elif path.startswith("/files/") and (name, 4000) in FOLDERS.get(folder, []):
            await talk.say(sound(hit, SOUND))
        else:
            await talk.say(reply(404, NOT_FOUND))
        return


async def test_files_of_an_interface_are_kept_where_they_answer(tmp_path: Path) -> None:
    async with listening(_serve) as server, opened(server, tmp_path) as house:
        surveyed = await house.survey()
        kept = await house.app.ledger(lambda ledger: ledger.witnesses(house.finding.id))
    assert surveyed.tally.files == 3
    files = [path for path in kept if path.endswith(".wav")]
    assert files
    assert not [path for path in files if "/files/files/" in path]
