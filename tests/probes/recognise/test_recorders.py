"""Lists of recorders' interfaces, whose recordings are handed out at addresses made of their ids."""

from __future__ import annotations

import json

import pytest

from probes.api import Exposed, Unknown
from probes.reasons import OpenReason
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import MISSING, sound, target

CLIP = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"x" * 900
SHEET = b"%PDF-1.4\n" + b"x" * 900


def _event(number: int) -> dict[str, object]:
    return {
        "id": f"17092771{number}.2-ab12cd", "camera": "entre", "label": "person", "start_time": 1709277153.1,
        "end_time": 1709277170.2, "has_clip": True, "has_snapshot": True, "zones": [],
    }  # fmt: skip


LISTS: dict[str, tuple[str, object, list[str]]] = {
    "Frigate's events": (
        "/api/events",
        [_event(51), _event(52)],
        ["/api/events/1709277151.2-ab12cd/clip.mp4", "/api/events/1709277152.2-ab12cd/clip.mp4"],
    ),
    "Frigate's recordings": (
        "/api/entre/recordings",
        [{"id": f"x{at}", "start_time": at, "end_time": at + 10, "segment_size": 1.3, "motion": 0, "objects": 0,
          "duration": 10.0} for at in (1709277150, 1709277160)],
        [f"/api/entre/start/{at}/end/{at + 10}/clip.mp4" for at in (1709277150, 1709277160)],
    ),
    "ZoneMinder": (
        "/zm/api/events.json",
        {"events": [{"Event": {"Id": str(at), "MonitorId": "1", "Name": f"Event- {at}", "Length": "33.10",
                               "StartDateTime": "2024-03-01 07:12:00", "DefaultVideo": f"{at}-video.mp4"}}
                    for at in (17, 18)], "pagination": {"page": 1}},
        [f"/zm/index.php?view=view_video&eid={at}" for at in (17, 18)],
    ),
    "Asterisk": (
        "/ari/recordings/stored",
        [{"name": f"samtal/2024030{at}-0701740611", "format": "wav"} for at in (1, 2)],
        [f"/ari/recordings/stored/samtal%2F2024030{at}-0701740611/file" for at in (1, 2)],
    ),
    "Twilio": (
        "/2010-04-01/Accounts/AC1/Recordings.json",
        {"recordings": [{"sid": f"RE{at:032x}", "duration": "33", "date_created": "Fri, 01 Mar 2024 07:12:00 +0000",
                         "uri": f"/2010-04-01/Accounts/AC1/Recordings/RE{at:032x}.json"} for at in (1, 2)], "page": 0},
        [f"/2010-04-01/Accounts/AC1/Recordings/RE{at:032x}.wav" for at in (1, 2)],
    ),
    "3CX": (
        "/xapi/v1/Recordings",
        {"value": [{"Id": at, "RecordingUrl": f"100/[Eva]_100-0701740611_2024030107120{at}({at}).wav",
                    "StartTime": "2024-03-01T07:12:00Z"} for at in (1, 2)]},
        [f"/xapi/v1/Recordings/Pbx.DownloadRecording(recId={at})" for at in (1, 2)],
    ),
    "OpenEMR": (
        "/apis/default/api/patient/1/document",
        [{"filename": f"{name}.pdf", "id": at, "mimetype": "application/pdf", "docdate": "2024-03-01"}
         for at, name in ((17, "remiss"), (18, "svar"))],
        [f"/apis/default/api/patient/1/document/{at}" for at in (17, 18)],
    ),
    "motionEye": (
        "/movie/1/list",
        {"mediaList": [{"mimeType": "video/mp4", "path": f"/2024-03-01/07-1{at}-33.mp4", "sizeStr": "3.1 MB",
                        "timestamp": 1709277153.0} for at in (1, 2)], "cameraName": "Entré"},
        [f"/movie/1/download/2024-03-01/07-1{at}-33.mp4" for at in (1, 2)],
    ),
}  # fmt: skip
DAHUA = "found=2\r\n" + "".join(
    f"items[{at}].StartTime=2024-03-01 07:1{at}:00\r\nitems[{at}].Type=dav\r\n"
    f"items[{at}].FilePath=/mnt/sd/2024-03-01/001/dav/07/07.1{at}.00-07.2{at}.00.dav\r\nitems[{at}].Length=133300\r\n"
    for at in range(2)
)
FINDS = "/cgi-bin/mediaFileFind.cgi?action=findNextFile&object=1&count=100"


def _look(path: str, body: str, files: list[str], served: bool = True) -> tuple[object, object]:
    start = SHEET if "patient" in path else b"DHAV\xfd\0\0\0" + b"x" * 900 if "cgi-bin" in path else CLIP
    kind = "application/pdf" if "patient" in path else "video/mp4"

    def answer(request: Request) -> Answer:
        if request.path == path:
            return says(200, body.encode(), content_type="text/plain" if path == FINDS else "application/json")
        if request.path in files:
            # 3CX and Asterisk hand out sound, the others pictures.
            heard = path.startswith(("/ari", "/2010", "/xapi"))
            return (sound(request) if heard else sound(request, start, kind)) if served else says(401)
        return MISSING

    (verdict,), _ = play(HTTP_LISTING, target(port=80, paths=(path,), declared=(path,), data="patient"), answer)
    return type(verdict), verdict.why


@pytest.mark.parametrize("name", LISTS)
def test_a_recorder_is_open_by_what_it_hands_out(name: str) -> None:
    path, rows, files = LISTS[name]
    found = recognise(json.dumps(rows).encode(), f"http://files.example{path}", [("content-type", "application/json")])
    assert isinstance(found, Listing)
    assert sorted(entry.path for entry in found.entries) == sorted(files)
    assert _look(path, json.dumps(rows), files) == (Exposed, OpenReason.LISTED_AND_READABLE)
    assert _look(path, json.dumps(rows), files, served=False) == (Exposed, OpenReason.NAMES_ONLY)
    assert _look(path, json.dumps(rows), [])[0] is Unknown


def test_a_recorder_of_dahua_hands_out_what_it_finds_beside_its_search() -> None:
    files = [f"/cgi-bin/RPC_Loadfile/mnt/sd/2024-03-01/001/dav/07/07.1{at}.00-07.2{at}.00.dav" for at in range(2)]
    assert _look(FINDS, DAHUA, files) == (Exposed, OpenReason.LISTED_AND_READABLE)


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/api/events", [{"id": at, "title": "Föräldramöte", "start_time": "2024-03-01"} for at in (1, 2)]),
        ("/Recordings", {"value": [{"Id": at, "Name": "Konsert", "StartTime": "2024-03-01"} for at in (1, 2)]}),
        ("/ari/recordings/stored", [{"name": "anna", "role": "agent"}, {"name": "karl", "role": "agent"}]),
        ("/Recordings", {"value": []}),
    ],
)  # fmt: skip
def test_rows_of_other_interfaces_are_none_of_a_recorder(path: str, rows: object) -> None:
    assert not isinstance(recognise(json.dumps(rows).encode(), f"http://files.example{path}"), Listing)


def test_names_that_no_path_can_hold_harm_nothing() -> None:
    rows = [{"name": "\\ud800", "format": "wav"}, {"name": "\x00", "format": "wav"}]
    body = json.dumps(rows).replace("\\\\ud800", "\\ud800").encode()
    assert not isinstance(recognise(body, "http://files.example/ari/recordings/stored"), Listing)
