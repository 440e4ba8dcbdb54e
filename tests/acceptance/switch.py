"""A real nginx over a recorder's disk that can be opened, closed and half fixed while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.acceptance.builders import asset
from tests.servers.launch import Server
from tests.servers.real import nginx

Mode = Literal["open", "closed", "half", "gone"]


@dataclass(frozen=True, slots=True)
class Switched:
    """The server, and the folder with its switches."""

    server: Server
    flags: Path

    def set(self, mode: Mode) -> None:
        """`half` turns the index off and leaves the files; `closed` refuses all; `gone` answers 404 to all."""
        for flag in self.flags.iterdir():
            flag.unlink()
        if mode != "open":
            (self.flags / mode).touch()

    def asset(self, **more: Any) -> dict[str, Any]:
        """The server as an asset `nas`."""
        return asset("nas", (self.server.host, self.server.port), **more)


@contextmanager
def switched(folder: Path, flags: Path, mode: Mode = "open") -> Iterator[Switched]:
    """nginx whose answers follow files in `flags`; it asks the disk at every request."""
    flags.mkdir()
    always = f'if (-f "{flags}/closed") {{ return 403; }} if (-f "{flags}/gone") {{ return 404; }}'
    extra = f'{always} location ~ /$ {{ if (-f "{flags}/half") {{ return 403; }} }}'
    with nginx(folder, extra=extra) as server:
        made = Switched(server, flags)
        made.set(mode)
        yield made
