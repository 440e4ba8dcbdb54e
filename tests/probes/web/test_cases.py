"""Exported cases of e-services in an open folder, over real sockets: critical, and told from what resembles them."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.findings.finding import Severity
from probes.reasons import OpenReason
from probes.recognise.media.identify import tell
from probes.recognise.media.signatures import FLOW_INSTANCE
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import SOUND, Disk
from tests.servers.raw import Talk, listening

SPACE = "http://www.oeplatform.org/version/1.2/schemas/flowinstance"
CASE = (
    f"""<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>
<FlowInstance xmlns="{SPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Header><Flow><FamilyID>1203</FamilyID><Name>Orosanmälan</Name></Flow><Poster><Firstname>Åsa</Firstname>"""
).encode("iso-8859-1")


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def found(files: dict[str, bytes], place: Path) -> tuple[OpenReason, Severity]:
    """What an open disk with these files is, as one round finds it."""
    disk = Disk(files)

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async with listening(serve) as server:
        host = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [server.port]}
        async with application(inventory(host), place / "a.db") as app:
            await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            kept = _bytes_in(place)
            assert "Åsa".encode("iso-8859-1") not in kept
            assert isinstance(finding.why, OpenReason)
            return finding.why, finding.severity


@pytest.mark.parametrize(
    "files",
    [
        {"/90017.xml": CASE},
        # Beside files that are tried first elsewhere, and in a folder of its own, as the export writes them.
        {"/90017.xml": CASE, "/a.wav": SOUND, "/b.wav": SOUND},
        {"/41/90017.xml": CASE, "/42/90018.xml": CASE},
    ],
)
async def test_b6_a_folder_of_exported_cases_is_critical(files: dict[str, bytes], tmp_path: Path) -> None:
    assert await found(files, tmp_path) == (OpenReason.CASES_OPEN, Severity.CRITICAL)


async def test_b6_other_xml_with_a_number_for_a_name_is_an_open_folder_and_no_case(tmp_path: Path) -> None:
    why, severity = await found({"/90017.xml": b'<?xml version="1.0"?><rss version="2.0"/>'}, tmp_path)
    assert why is OpenReason.LISTED_AND_READABLE
    assert severity is not Severity.CRITICAL


@pytest.mark.parametrize(
    ("body", "case"),
    [
        (CASE, True),
        (f"<FlowInstance xmlns='{SPACE}'>".encode(), True),
        (f'<fi:FlowInstance xmlns:fi="{SPACE}">'.encode(), True),
        (b"<FlowInstance>", False),
        (b'<FlowInstance xmlns="http://www.oeplatform.org.example/version/1.2/schemas/flowinstance">', False),
        (f'<catalogue about="{SPACE}">'.encode(), False),
        (f"<!-- {SPACE} --><FlowInstances/>".encode(), False),
        (b"<FlowInstance " + b"a" * 500, False),
    ],
)
def test_a_case_is_known_by_its_root_and_namespace(body: bytes, case: bool) -> None:
    assert (tell(body, "1.xml", "application/xml").format == FLOW_INSTANCE) is case
