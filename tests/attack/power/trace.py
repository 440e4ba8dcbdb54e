"""What processes do to a folder and say to the world, as strace tells it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.attack.power.disk import Disk, Op

CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,"
    "link,linkat,unlink,unlinkat,sendto,sendmsg,sendfile,copy_file_range"
)
_LINE = re.compile(r"(\d+) +(.*)\Z", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_FILE = re.compile(r"(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2}|[^<>\\])*)>")


class NotFollowed(Exception):
    """A process did something to a file that is not rebuilt here: the text says what."""


def command(into: Path) -> list[str]:
    """What stands before a command so that `into` tells what it and its children do."""
    return ["strace", "--seccomp-bpf", "-f", "-y", "-xx", "-s", str(1 << 24), "-o", str(into), "-e", f"trace={CALLS}"]


def refused() -> str:
    """Why nothing can be traced here; empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (.ci/servers installs it)"
    tried = subprocess.run([*command(Path(os.devnull)), "true"], capture_output=True, timeout=60, check=False)
    return "nothing can be traced here" if tried.returncode else ""


def read(trace: str, folder: str, mark: re.Pattern[bytes]) -> Iterator[Op]:
    """What was done to files below `folder`, in its order; what was written elsewhere and matches `mark` was said.
    Raises NotFollowed."""
    disk, begun = Disk(), dict[str, str]()
    for line in trace.splitlines():
        matched = _LINE.match(line)
        if matched is None:
            continue
        process, told = matched.groups()
        if told.endswith("<unfinished ...>"):
            begun[process] = told.removesuffix("<unfinished ...>").rstrip()
            continue
        if (resumed := _RESUMED.match(told)) is not None:
            told = begun.pop(process, "") + told[resumed.end() :]
        call = _CALL.match(told)
        if call is None or int(call[3]) < 0:
            continue
        for op in _ops(call[1], call[2], int(call[3]), folder, mark, disk):
            disk.do(op)
            yield op


def _ops(call: str, arguments: str, result: int, folder: str, mark: re.Pattern[bytes], disk: Disk) -> Iterator[Op]:
    files = [_bytes(one).decode("utf-8", "surrogateescape") for one in _FILE.findall(arguments)]
    texts = [_bytes(text) for text, _ in _TEXT.findall(arguments)]
    numbers = arguments.rsplit(", ", 2)
    path = files[0] if files else ""
    inside = path.startswith(folder) and not path.endswith("-shm")
    if call in ("openat", "open", "creat"):
        path = _joined(files if call == "openat" else [], texts[0])
        if path.startswith(folder) and not path.endswith("-shm"):
            if "O_CREAT" in arguments and not disk.holds(path) and not Path(path).is_dir():
                yield Op("make", path)
            elif "O_TRUNC" in arguments and disk.size(path):
                yield Op("cut", path, at=0)
    elif call in ("write", "writev", "sendto", "sendmsg", "pwrite64", "pwritev", "pwritev2"):
        data = b"".join(texts)
        if not inside:
            if mark.search(data):
                yield Op("said", "", data)
            return
        if call not in ("write", "pwrite64"):
            raise NotFollowed(f"{call} to {path}")
        yield Op("write", path, data[:result], int(numbers[-1]) if call == "pwrite64" else disk.size(path))
    elif call in ("fsync", "fdatasync"):
        if f"{path}/".startswith(folder):
            yield Op("sync", path)
    elif call == "ftruncate":
        if inside:
            yield Op("cut", path, at=int(numbers[-1]))
    elif call in ("rename", "renameat", "renameat2", "link", "linkat"):
        (one, two) = [
            _joined(files[at : at + 1] if call.endswith(("at", "at2")) else [], text) for at, text in enumerate(texts)
        ]
        if two.startswith(folder):
            yield Op("link" if call.startswith("link") else "rename", one, to=two)
    elif call in ("unlink", "unlinkat"):
        gone = _joined(files if call == "unlinkat" else [], texts[0])
        if gone.startswith(folder):
            yield Op("unlink", gone)
    elif inside:
        raise NotFollowed(f"{call} to {path}")


def _joined(folders: list[str], path: bytes) -> str:
    text = path.decode("utf-8", "surrogateescape")
    return text if text.startswith("/") or not folders else f"{folders[0]}/{text}"


def _bytes(text: str) -> bytes:
    if "\\x" not in text:
        return text.encode()
    return bytes.fromhex(text.replace("\\x", ""))
