"""What daemons of repositories answer: git's (pkt-lines) and Subversion's (lists in brackets)."""

from __future__ import annotations

import re
from enum import Enum, auto


class Repository(Enum):
    """What an answer says of a repository."""

    OPEN = auto()
    EMPTY = auto()
    MISSING = auto()  # or not exported: git's daemon says the same of both
    LOGIN = auto()
    OTHER = auto()


_REF = re.compile(rb"[0-9a-f]{4}(?:[0-9a-f]{40}|[0-9a-f]{64}) [!-~]{1,250}(?:\0|\n)")
_NO_REF = re.compile(rb"[0-9a-f]{4}0{40,64} capabilities\^\{\}\0")


def git(answer: bytes) -> Repository:
    """The beginning of what git's daemon answers to `git-upload-pack`."""
    if re.match(rb"[0-9a-f]{4}ERR ", answer):
        return Repository.MISSING
    if answer.startswith(b"0000") or _NO_REF.match(answer):
        return Repository.EMPTY
    return Repository.OPEN if _REF.match(answer) else Repository.OTHER


_MECHANISMS = re.compile(rb"\( success \( \( ([A-Z0-9\- ]{0,200})\) \d{1,4}:")


def svn_mechanisms(answer: bytes) -> tuple[bytes, ...] | None:
    """Which ways of coming in svnserve offers to a repository; None when it says something else."""
    found = _MECHANISMS.match(answer)
    return tuple(found[1].split()) if found is not None else None


def svn_missing(answer: bytes) -> bool:
    """Whether svnserve says that there is no such repository (210005), or that it is not for strangers (170001)."""
    return re.match(rb"\( failure \( \( (?:210005|160042|17000[01]) ", answer) is not None


def svn_let_in(answer: bytes) -> bool:
    """Whether svnserve lets in and tells of the repository: its identity and its root."""
    return re.match(rb"\( success \( \) \) \( success \( \d{1,3}:[0-9a-f\-]{8,64} \d{1,4}:svn", answer) is not None
