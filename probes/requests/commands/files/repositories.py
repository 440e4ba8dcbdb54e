"""Daemons of repositories: git's (gitprotocol-pack) and Subversion's (svnserve). Nothing is fetched."""

from __future__ import annotations

from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line


def _upload_pack(asker: Asker, repository: bytes, host: str) -> bytes:
    told = b"git-upload-pack /" + one_line(repository).lstrip(b"/") + b"\0host=" + one_line(host) + b"\0"
    return b"%04x" % (len(told) + 4) + told


GIT: Verbs = MappingProxyType(
    {
        "upload-pack": Verb(_upload_pack, "which branches a repository has"),
        "flush": Verb(fixed(b"0000"), "want nothing, and leave"),
    }
)


def _text(words: bytes) -> bytes:
    return b"%d:%s" % (len(words), words)


def _greet(asker: Asker, repository: bytes, host: str) -> bytes:
    url = b"svn://" + one_line(host) + b"/" + one_line(repository).strip(b"/")
    return b"( 2 ( edit-pipeline svndiff1 ) " + _text(url) + b" " + _text(one_line(asker.name)) + b" ( ) ) "


SVN: Verbs = MappingProxyType(
    {
        "greet": Verb(_greet, "a repository, by its name"),
        "ANONYMOUS": Verb(fixed(b"( ANONYMOUS ( 0: ) ) "), "come in as the public account that the server offers"),
    }
)
