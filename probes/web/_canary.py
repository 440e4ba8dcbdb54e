"""Canaries: names that cannot exist, asked beside a real one; a server that answers them alike proves nothing."""

from __future__ import annotations

import posixpath

from probes.recognise.media.kinds import extension
from probes.recognise.pages.page_kind import alike
from probes.requests.http import Answer, Response


def folder_canary(path: str, nonce: str) -> str:
    """A folder in the folder `path` that cannot be there."""
    return f"{folder_of(path)}{nonce}/"


def file_canary(path: str, nonce: str) -> str:
    """A file beside `path` with its extension that cannot be there: catch-alls differ per folder and extension."""
    ending = extension(posixpath.basename(bare(path)))
    return f"{folder_of(path)}{nonce}{'.' + ending if ending else ''}"


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
