"""The policy that goes into a contract's annex (C2SP tlog-policy): whose signatures a checkpoint needs."""

from __future__ import annotations

from monitor.inventory.model.installation.evidence import EvidenceLog
from monitor.proof.formats.note import VerifierKey


def policy_text(log: VerifierKey, declared: EvidenceLog) -> str:
    """The log's key, its witnesses, and that each of them must have cosigned."""
    keys = [VerifierKey.parse(one.key) for one in declared.witnesses]
    names = [f"w{number}" for number in range(1, len(keys) + 1)]
    lines = [f"log {log}", *(f"witness {name} {key}" for name, key in zip(names, keys, strict=True))]
    if names:
        lines += [f"group witnesses all {' '.join(names)}", "quorum witnesses"]
    else:
        lines.append("quorum none")
    return "".join(f"{line}\n" for line in lines)
