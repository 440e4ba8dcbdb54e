"""Runs commands of leftopen in forked children and kills them: `python -m tests.attack.forker`, orders on stdin.

An order is a line of JSON: {"arguments": [...], "kill_after": seconds or null, "children_after": seconds or null}, the
second from when on to kill what the command starts. The answer is one too: {"killed": bool, "children": how many of
those were killed, "code": exit code, "seconds": how long it ran}. A fork has everything imported, so that a kill meets
the work and not the start of Python.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from monitor.cli.main import COMMANDS, main

_LONGEST = 60.0


def child(arguments: list[str]) -> None:
    """Be the command, with nothing printed."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    if "LEFTOPEN_ATTACK_LOG" not in os.environ:
        os.dup2(quiet, 2)
    os.setsid()
    try:
        main.main(args=arguments, prog_name="leftopen", standalone_mode=True)
    except SystemExit as end:
        os._exit(int(end.code or 0) if not isinstance(end.code, str) else 1)
    except BaseException as error:  # noqa: BLE001  the parent reads the exit code
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(99)
    os._exit(0)


def _kill_children(of: int) -> int:
    """Kill what a process has started; how many they were."""
    killed = 0
    with suppress(OSError):
        for task in Path(f"/proc/{of}/task").iterdir():
            for child in (task / "children").read_text().split():
                os.kill(int(child), signal.SIGKILL)
                killed += 1
    return killed


def obeyed(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait, kill where that is ordered."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        child(order["arguments"])
    after = order["kill_after"]
    deadline = began + (_LONGEST if after is None else after)
    children_at = deadline if order["children_after"] is None else began + order["children_after"]
    status: int | None = None
    children = 0
    while status is None:
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended:
            status = code
        elif time.monotonic() >= deadline:
            # The child may not have a group of its own yet.
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.kill(pid, signal.SIGKILL)
            status = os.waitpid(pid, 0)[1]
        else:
            if time.monotonic() >= children_at:
                children += _kill_children(pid)
            time.sleep(0.002)
    killed = os.WIFSIGNALED(status)
    return {
        "killed": killed,
        "children": children,
        "code": None if killed else os.WEXITSTATUS(status),
        "seconds": time.monotonic() - began,
    }


if __name__ == "__main__":
    for folder, names in COMMANDS.items():
        for name in names:
            import_module(f"monitor.cli.{folder}.{name.replace('-', '_')}")
    import monitor.alerts.delivery.process
    import monitor.service.watch  # noqa: F401  the work of `watch` is imported before the first fork

    for line in sys.stdin:
        print(json.dumps(obeyed(json.loads(line))), flush=True)
