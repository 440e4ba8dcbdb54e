"""Recorders' interfaces whose rows do not say where a recording lies: it is handed out at an address made of its id.

Each is known by the path that was asked for and by the keys of every row, as the product's own documentation has them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import sendable
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing
from probes.recognise.listing.structured.json_rows import Object, has, made, objects, when

Handed = tuple[str, str, object]
"""The name of a recording, the path at which it is handed out, and its time."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """One interface: `path` is that of its list, whose groups `handed` is given with each row."""

    family: str
    path: re.Pattern[str]
    under: str
    """The key of the list, or empty where it is the whole answer."""
    keys: str
    mark: str
    handed: Callable[[re.Match[str], Object], Handed | None]
    inner: str = ""
    """The key of a row below which its fields stand."""
    empty: bool = False
    """Whether an empty list under its key is this product's, and no other's."""


def _part(value: object) -> str:
    return quote(str(value)[:512], safe="")


def _event_of_frigate(at: re.Match[str], row: Object) -> Handed | None:
    kept = "clip.mp4" if row.get("has_clip") else "snapshot.jpg" if row.get("has_snapshot") else ""
    name = f"{row['id']}.{kept.rpartition('.')[2]}"
    return (name, f"{at[1]}/{_part(row['id'])}/{kept}", row["start_time"]) if kept else None


def _segment_of_frigate(at: re.Match[str], row: Object) -> Handed | None:
    start, end = row["start_time"], row["end_time"]
    return f"{start}.mp4", f"{at[1]}/start/{_part(start)}/end/{_part(end)}/clip.mp4", start


def _event_of_zoneminder(at: re.Match[str], row: Object) -> Handed | None:
    name = str(row.get("DefaultVideo") or f"{row['Id']}-video.mp4")
    shown = f"{at[1]}/index.php?view=view_video&eid={_part(row['Id'])}"
    return name, shown, row.get("StartDateTime") or row.get("StartTime")


def _stored_by_asterisk(at: re.Match[str], row: Object) -> Handed | None:
    return f"{row['name']}.{row['format']}", f"{at[1]}/{_part(row['name'])}/file", None


def _recording_of_twilio(at: re.Match[str], row: Object) -> Handed | None:
    address = str(row["uri"])
    own = address.startswith("/") and not address.startswith("//") and address.endswith(".json")
    return (f"{row['sid']}.wav", f"{address[: -len('.json')]}.wav", row.get("date_created")) if own else None


def _recording_of_3cx(at: re.Match[str], row: Object) -> Handed | None:
    name = str(row["RecordingUrl"]).rpartition("/")[2]
    return name, f"{at[1]}/Pbx.DownloadRecording(recId={_part(row['Id'])})", row.get("StartTime")


def _document_of_openemr(at: re.Match[str], row: Object) -> Handed | None:
    return str(row["filename"]), f"{at[1]}/{_part(row['id'])}", row["docdate"]


def _of_motioneye(at: re.Match[str], row: Object) -> Handed | None:
    path = str(row["path"]).lstrip("/")
    return path.rpartition("/")[2], f"{at[1]}/download/{quote(path)}", row.get("timestamp")


_BASE: Final = r"((?:/[^/]{1,200}){0,6}"
RECORDERS: Final = (
    # https://docs.frigate.video/integrations/api/
    Recorder(
        "frigate",
        re.compile(_BASE + r"/events)/?"),
        "",
        "id camera label start_time has_clip",
        "events with id, camera, label and has_clip, as Frigate writes them",
        _event_of_frigate,
    ),
    Recorder(
        "frigate",
        re.compile(_BASE + r")/recordings/?"),
        "",
        "id start_time end_time duration",
        "recordings with id, start_time, end_time and duration, as Frigate writes them",
        _segment_of_frigate,
    ),
    # https://zoneminder.readthedocs.io/en/stable/api.html
    Recorder(
        "zoneminder",
        re.compile(_BASE + r")/api/events(?:/index(?:/[^/]{1,200}){0,4})?\.json"),
        "events",
        "Id MonitorId Length",
        "events with Id, MonitorId and Length, as ZoneMinder writes them",
        _event_of_zoneminder,
        "Event",
    ),
    # https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Recordings_REST_API/
    Recorder(
        "asterisk",
        re.compile(_BASE + r"/recordings/stored)/?"),
        "",
        "name format",
        "stored recordings with name and format, as Asterisk writes them",
        _stored_by_asterisk,
    ),
    # https://www.twilio.com/docs/voice/api/recording
    Recorder(
        "twilio",
        re.compile(_BASE + r"/Recordings)(?:\.json)?"),
        "recordings",
        "sid duration uri",
        "recordings with sid, duration and uri, as Twilio writes them",
        _recording_of_twilio,
    ),
    # https://www.3cx.com/docs/configuration-rest-api-endpoints/
    Recorder(
        "3cx",
        re.compile(_BASE + r"/Recordings)"),
        "value",
        "Id RecordingUrl StartTime",
        "recordings with Id, RecordingUrl and StartTime, as 3CX writes them",
        _recording_of_3cx,
    ),
    # https://github.com/openemr/openemr/blob/master/API_README.md
    Recorder(
        "openemr",
        re.compile(_BASE + r"/patient/[^/]{1,64}/document)/?"),
        "",
        "filename id mimetype docdate",
        "documents with filename, id, mimetype and docdate, as OpenEMR writes them",
        _document_of_openemr,
    ),
    # https://github.com/motioneye-project/motioneye, handlers of pictures and movies
    Recorder(
        "motioneye",
        re.compile(_BASE + r"/(?:picture|movie)/\d{1,6})/list/?"),
        "mediaList",
        "path mimeType",
        "a mediaList of path and mimeType, as motionEye writes it",
        _of_motioneye,
        empty=True,
    ),
)


def read_recorder(page: Page, value: object) -> Listing | None:
    """What a recorder keeps, by the list of its interface; None where an answer is none of these. Total."""
    for one in RECORDERS:
        asked = one.path.fullmatch(page.place.path)
        inner = value.get(one.under) if one.under and isinstance(value, dict) else value
        rows = objects(inner) if asked is not None else None
        if rows is not None and one.inner:
            rows = objects([row.get(one.inner) for row in rows])
        if asked is not None and rows is not None and (has(rows, one.keys) or (one.empty and not rows)):
            found = made(page, one.family, rows, partial(_entry, one, asked), one.mark)
            return found if found is not None and (found.entries or not rows) else None
    return None


def _entry(recorder: Recorder, asked: re.Match[str], row: Object) -> Entry | None:
    try:
        handed = recorder.handed(asked, row)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can write and no path can hold
        return None
    if handed is None or "\x00" in handed[0]:
        return None
    name, path, at = handed
    size = sizes.read_size(str(row["sizeStr"])) if "sizeStr" in row else sizes.exact(row.get("size"))
    return Entry(name.rpartition("/")[2], sendable(path), Kind.FILE, size, when(at))
