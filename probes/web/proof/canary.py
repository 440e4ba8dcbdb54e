"""Canaries: names that cannot exist, asked beside a real one; a server that answers them alike proves nothing."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote

from probes.reasons import NoAnswerReason
from probes.recognise.listing.fields.queries import packed_as, packed_name
from probes.recognise.media.kinds import NO_DATA, extension, kind_of_name
from probes.recognise.pages.page_kind import alike
from probes.requests.http import Answer, NoAnswer, Response


def folder_canary(path: str, nonce: str) -> str:
    """A folder in the folder `path` that cannot be there, beside one that is asked for without its final slash; of a
    script that lists by its query, another value of it."""
    address, question, query = path.partition("?")
    if question and query:
        return f"{address}?{_varied(query, nonce)}"
    return f"{folder_of(path)}{nonce}{'/' if path.endswith('/') else ''}"


def file_canary(path: str, nonce: str) -> str:
    """A file beside `path` with its extension that cannot be there: catch-alls differ per folder and extension.

    Where a script hands the file out, its query is varied; a query behind a file's own name (`a.wav?v=2`) is left.
    """
    address, question, query = path.partition("?")
    if question and query and kind_of_name(address) in NO_DATA and not _names_by_path(address, query):
        return f"{address}?{_varied(query, nonce, record=True)}"
    ending = extension(posixpath.basename(address))
    return f"{folder_of(path)}{nonce}{'.' + ending if ending else ''}{question}{query}"


_NUMBERED = re.compile(r"(?<![A-Za-z0-9.])\d{1,20}(?![A-Za-z0-9])")
_SCRIPT = re.compile(r"(?i)\.(?:php\d?|cgi|aspx?|ashx|jspx?|do|pl|py|cfm|dll|exe|fcgi|htm|html)\Z")


def _names_by_path(address: str, query: str) -> bool:
    """Whether the last step of an address is the number of what it hands out, and its query names nothing
    (`/clips/@17.bvr?mode=download`): servers ignore a query that they do not know."""
    step = posixpath.basename(address)
    if _SCRIPT.search(step) or not _NUMBERED.search(step):
        return False
    return not any(re.search(r"[./]|%2[EeFf]", _value(part)) or _names_record(part) for part in query.split("&"))


_RECORD = re.compile(r"\d{1,20}|(?:%7[bB]|\{)?[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}(?:%7[dD]|\})?")
"""A value by which a script knows a record: a number, or a GUID."""
_KEY_OF_RECORD = re.compile(
    r"(?i)(?:[a-z0-9_-]{0,40}[_.-])?(?:[ug]?u?id|file|rec|record|recording|call|key|nr|no|num|number)"
)


def _names_record(part: str) -> bool:
    key, _, value = _split(part)
    return _KEY_OF_RECORD.fullmatch(key) is not None and _RECORD.fullmatch(value) is not None


def _varied(query: str, nonce: str, *, record: bool = False) -> str:
    """A query whose last value that names a file or folder names another one, with the same extension. Where none does,
    and a `record` is asked for, its number is what is varied (`?menu=calls&action=download&id=17`)."""
    parts = query.split("&")
    named = [number for number, part in enumerate(parts) if _value(part)]
    likely = [number for number in named if re.search(r"[./]|%2[EeFf]", _value(parts[number]))]
    if record and not likely:
        likely = [number for number in named if _names_record(parts[number])]
    at = likely[-1] if likely else named[0] if named else len(parts) - 1
    key, equals, value = _split(parts[at])
    if held := packed_name(value):
        # Programs that take a name out of base64 fail at what is none, or decode it to rubbish.
        folder, name = _cut(held)
        ending = extension(name)
        made_up = f"{folder}{nonce}{'.' + ending if ending else ''}{'/' if name.endswith('/') else ''}"
        parts[at] = f"{key}{equals}{quote(packed_as(value, made_up), safe='')}"
        return "&".join(parts)
    folder, name = _cut(value)
    slash = "/" if name.endswith("/") else ""
    ending = extension(name)
    parts[at] = f"{key}{equals}{folder}{nonce}{'.' + ending if ending and not slash else ''}{slash}"
    return "&".join(parts)


def _split(part: str) -> tuple[str, str, str]:
    """Name, sign and value of one part of a query; one without a sign is a value (`?/folder/`)."""
    key, equals, value = part.partition("=")
    return (key, equals, value) if equals else ("", "", part)


def _value(part: str) -> str:
    return _split(part)[2]


def _cut(value: str) -> tuple[str, str]:
    """The folder and the last name of a path in a query, whose slashes may be encoded."""
    slashes = [found.end() for found in re.finditer(r"/|%2[Ff]", value[:-1] if value.endswith("/") else value)]
    at = slashes[-1] if slashes else 0
    return value[:at], value[at:]


def folder_of(path: str) -> str:
    """The folder that a path lies in, with its slash; a folder is its own."""
    return bare(path)[: bare(path).rfind("/") + 1]


def bare(path: str) -> str:
    """A path without its query."""
    return path.partition("?")[0]


def same(page: Response, asked: str, canary: Answer, canary_asked: str) -> bool:
    """Whether the canary was answered like the real thing: same status, same type, and the same page but for names."""
    return (
        isinstance(canary, Response)
        and canary.status == page.status
        and canary.type == page.type
        and alike(page.body, canary.body, asked, canary_asked)
    )


def healthy(canary: Answer) -> bool:
    """Whether the answer to a canary shows that the server tells what is there from what is not, or refuses both.

    Only then does a 404 elsewhere mean anything: a server that throttles or fails may answer 404 to us alone.
    """
    return isinstance(canary, Response) and canary.status != 429 and canary.status < 500


def fails(canary: Answer) -> bool:
    """Whether a server fails at what is not there, as some programs do. That tells a real page from a made-up one, so
    it may prove what answers; it never makes a refusal clear."""
    return isinstance(canary, Response) and canary.status in (500, 501)


def breaks_off(canary: Answer) -> bool:
    """Whether a server ends the connection in place of an answer, as nginx does by `return 444`. Said of each of two
    requests it tells what is there from what is not, as `fails` does; one alone may be the network's."""
    return isinstance(canary, NoAnswer) and canary.why is NoAnswerReason.RESET
