"""Keeps things in small files, and says of each when it is kept: `python -m tests.attack.power.small FOLDER`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from monitor.fleet.gate.registry import Registry
from monitor.proof.formats.note import LOG, SigningKey
from monitor.store.files.refused_file import RefusedFile
from monitor.store.files.unsent import UnsentResults

TIMES = 3
_KEYED = "with something of the inventory"


def kept(folder: Path) -> set[str]:
    """What stands in the files of a folder, in the words in which it was said."""
    found: set[str] = set()
    if (folder / "refused.db").is_file():
        refused = RefusedFile(folder / "refused.db", _KEYED)
        found |= {f"refused {n}" for n in range(TIMES) if refused.holds("portal", f"subject-{n}", "wrong")}
    if (folder / "unsent.db").is_file():
        unsent = UnsentResults(folder / "unsent.db")
        found |= {f"unsent {id_}" for id_ in unsent.waiting()} | {f"worker {unsent.worker()}"}
        unsent.close()
    if (folder / "gate.json").is_file():
        found |= {f"registered {id_}" for id_ in json.loads((folder / "gate.json").read_text())["keys"]}
    return found


def main(folder: Path) -> None:
    """Keep some of each."""

    def say(what: str) -> None:
        print(f"kept: {what}", flush=True)

    refused, unsent = RefusedFile(folder / "refused.db", _KEYED), UnsentResults(folder / "unsent.db")
    registry, now = Registry(folder / "gate.json"), datetime.now(UTC)
    say(f"worker {unsent.worker()}")
    for number in range(TIMES):
        refused.keep("portal", f"subject-{number}", "wrong")
        say(f"refused {number}")
        unsent.keep(str(number), b"x" * 9000)
        say(f"unsent {number}")
        registry.register(registry.new_code(f"v{number}", now), str(SigningKey.make(f"v{number}", LOG).verifier), now)
        say(f"registered v{number}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
