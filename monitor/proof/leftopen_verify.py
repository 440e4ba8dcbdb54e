"""Verifies an evidence bundle of leftopen offline: python3 leftopen_verify.py BUNDLE --policy POLICY

It needs Python 3.11 and `cryptography` alone. What it trusts comes from outside the bundle: the keys in the contract.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import zipfile
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERIFIED, BROKEN, INCOMPLETE, MISSED = 0, 1, 3, 4
CODES = "Exit codes: 0 verified, 1 broken, 2 wrong use, 3 incomplete, 4 verified, but promises were missed."
FORMAT, CONCLUSIVE = "leftopen-bundle/1", ("exposed", "clear")
NOT_PROVEN = (
    "that a probe was really sent: a log holds what its writer says (blind canaries and your own re-probes show more)",
    "that every asset was declared (compare the scope with your own list), or that nobody downloaded what was open",
    "that a clock was right, beyond what the times of the witnesses allow; RFC 3161 tokens are not read here",
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_LONGEST_LINE, _LARGEST, _MICROSECOND = 64 << 20, 32 << 30, timedelta(microseconds=1)


class Broken(Exception):
    """Something in the bundle contradicts something else."""


class Tree:
    """The root (RFC 6962) over leaves that are added one by one."""

    def __init__(self) -> None:
        self.size, self._peaks = 0, list[bytes]()

    def add(self, record: bytes) -> None:
        node, size = hashlib.sha256(b"\0" + record).digest(), self.size
        while size & 1:
            node, size = hashlib.sha256(b"\1" + self._peaks.pop() + node).digest(), size >> 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        node = self._peaks[-1] if self._peaks else hashlib.sha256(b"").digest()
        for peak in self._peaks[-2::-1]:
            node = hashlib.sha256(b"\1" + peak + node).digest()
        return node


def exact_base64(text: str) -> bytes:
    """The bytes of base64 in its one right form. Raises ValueError."""
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise ValueError("base64 that is not in its one right form")
    return raw


class Note(NamedTuple):
    """A checkpoint (C2SP tlog-checkpoint) with its signatures."""

    body: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        match = re.fullmatch(r"(([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]{44})\n)\n((?:— \S+ \S+\n)+)", raw.decode())
        if match is None or len(exact_base64(match[4])) != 32:
            raise ValueError("it is no checkpoint")
        signatures = tuple((one[2:].split()[0], exact_base64(one.split()[2])) for one in match[5].splitlines())
        return cls(match[1], match[2], int(match[3]), exact_base64(match[4]), signatures)


class Key(NamedTuple):
    """A public key: `name+keyid+base64(type, key)`."""

    name: str
    id: bytes
    type: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        name, id_, encoded = text.split("+", 2)
        raw = exact_base64(encoded)
        fits = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if fits.hex() == id_:
            return cls(name, fits, raw[0], raw[1:])
        raise ValueError(f"the key of {name} does not fit its id")

    def signed(self, note: Note) -> int | None:
        """When this key cosigned a note (0: a log's own signature); None when it did not."""
        for name, raw in note.signatures:
            if (name, raw[:4]) == (self.name, self.id) and self.type in (1, 4):
                time, start = (int.from_bytes(raw[4:12], "big"), 12) if self.type == 4 else (0, 4)
                text = (f"cosignature/v1\ntime {time}\n" if self.type == 4 else "") + note.body
                with suppress(InvalidSignature, ValueError):
                    Ed25519PublicKey.from_public_bytes(self.public).verify(raw[start:], text.encode())
                    return time
        return None


class Policy:
    """Whose signatures a checkpoint needs (C2SP tlog-policy)."""

    def __init__(self, text: str) -> None:
        self.logs, quorums = list[Key](), list[str]()
        self._members: dict[str, Key | tuple[int, list[str]]] = {}
        for words in filter(None, (line.partition("#")[0].split() for line in text.splitlines())):
            match words:
                case ["log", key, *_]:
                    self.logs.append(Key.parse(key))
                case ["witness", name, key, *_] if name not in self._members:
                    self._members[name] = Key.parse(key)
                case ["group", name, need, *names] if name not in self._members and set(names) <= set(self._members):
                    self._members[name] = ({"any": 1, "all": len(names)}.get(need) or int(need), names)
                case ["quorum", name] if name == "none" or name in self._members:
                    quorums.append(name)
                case _:
                    raise ValueError(f"the policy has a line that is not understood: {' '.join(words)[:80]!r}")
        if not self.logs or len(quorums) != 1:
            raise ValueError("a policy names a log, and has exactly one quorum")
        (self.quorum,) = quorums

    def cosigned(self, note: Note, name: str = "") -> int | None:
        """When enough witnesses had cosigned a note; None when they have not."""
        member = self._members.get(name or self.quorum)
        if member is None or isinstance(member, Key):
            return member.signed(note) if member else None
        times = sorted(time for time in (self.cosigned(note, one) for one in member[1]) if time is not None)
        return times[member[0] - 1] if 0 < member[0] <= len(times) else None


def moment(text: str, epoch: datetime = datetime(1970, 1, 1, tzinfo=UTC)) -> int:
    """Microseconds since 1970."""
    return (datetime.fromisoformat(text) - epoch) // _MICROSECOND


class Asset:
    """One declared asset, and what came of its slots."""

    def __init__(self, data: str, contract: int, every: int, phase: int, at: int) -> None:
        self.data, self.contract, self.every, self.phase = data, contract, every, phase
        self.next, self.seen = (at - phase) // every + 1, at  # the next slot; last seen conclusively, or declared
        self.looks, self.outcomes, self.gaps = Counter[str](), Counter[str](), Counter[int]()


class Fold:
    """Reads records in their order, checks that they fit each other, and counts what they say of a period."""

    def __init__(self, since: int = 0, until: int = 1 << 62) -> None:
        self.since, self.until = since, until
        self.assets, self.findings, self.rounds = dict[int, Asset](), dict[int, str](), Counter[str]()
        self.closed, self._declared, self._parts = 0, set[int](), dict[int, list[Any]]()

    def feed(self, record: dict[str, Any]) -> None:
        """The next record. Raises Broken, or what reading something malformed raises."""
        for number, _, _, exposed, clear, *_ in record.get("looks", ()):
            if number in self.assets:
                self.assets[number].looks.update(exposed=exposed, clear=clear)
        for number, first, last, outcome in record.get("slots", ()):
            self._slots(number, first, last, outcome)
        if "closed" in record:
            self.closed = max(self.closed, moment(record["closed"]))
            for number in self._declared:
                self._all_due(number, self.closed)
        for scope, *_ in record.get("scope", ()):
            self._parts[part := scope.get("part", 0)] = scope["assets"]  # it holds from its last part on
            if not scope.get("more"):
                self._scope(moment(scope["from"]), [one for n in range(part + 1) for one in self._parts.pop(n)])
        self.findings |= {number: state for number, _, state, *_ in record.get("changes", ())}
        if "end" in record:
            self.rounds["blind" if record["end"][1] is not None else "saw"] += 1

    def _scope(self, at: int, assets: list[list[Any]]) -> None:
        named = {number for number, *_ in assets}
        for number in self._declared - named:
            self._all_due(number, at, ended=True)
        for number, data, every, phase, contract in assets:
            old = self.assets.get(number)
            if old is not None and number in self._declared and (old.every, old.phase) == (every, phase):
                old.data, old.contract = data, contract
                continue
            if number in self._declared:
                self._all_due(number, at, ended=True)
            fresh = self.assets[number] = Asset(data, contract, every, phase, at)
            if old is not None:
                fresh.outcomes, fresh.gaps = old.outcomes, old.gaps
        self._declared = named

    def _all_due(self, number: int, at: int, *, ended: bool = False) -> None:
        asset = self.assets[number]
        if asset.next < (at - asset.phase) // asset.every - 1:
            raise Broken(f"asset {number} has no outcome of slot {asset.next}, which was over")
        if ended:
            self._gap(asset, at)

    def _slots(self, number: int, first: int, last: int, outcome: str) -> None:
        asset = self.assets[number]
        if number not in self._declared or first != asset.next or last < first:
            raise Broken(f"asset {number} has an outcome of slot {first}, and slot {asset.next} comes next")
        if outcome in CONCLUSIVE and (first != last or not asset.looks[outcome]):
            raise Broken(f"asset {number} is said to be {outcome} in slot {first}, and no look says so")
        asset.next = last + 1
        if outcome not in ("not-run", "blind"):
            asset.looks.clear()
        lowest = max(first, -((asset.phase - self.since) // asset.every))
        highest = min(last, (self.until - 1 - asset.phase) // asset.every)
        if lowest <= highest:
            asset.outcomes[outcome] += highest - lowest + 1
            if outcome in CONCLUSIVE:
                self._gap(asset, asset.phase + first * asset.every)

    def _gap(self, asset: Asset, at: int) -> None:
        start, end = max(asset.seen, self.since), min(at, self.until)
        if start < end:
            asset.gaps[end - start] += 1
        asset.seen = max(asset.seen, at)

    def summary(self) -> dict[str, Any]:
        """What the period came to, once all records were read: coverage, gaps in seconds, findings at the end."""
        for number in self._declared:
            self._gap(self.assets[number], self.closed)
        groups: dict[str, dict[str, list[Asset]]] = {"assets": {}, "classes": {}, "contracts": {}}
        for number, asset in sorted(self.assets.items()):
            for kind, name in (("assets", number), ("classes", asset.data), ("contracts", asset.contract)):
                groups[kind].setdefault(str(name), []).append(asset)
        made: dict[str, Any] = {kind: {k: _counted(v) for k, v in one.items()} for kind, one in groups.items()}
        made["all"], made["rounds"] = _counted(self.assets.values()), dict(self.rounds)
        return {**made, "findings": dict(sorted(Counter(self.findings.values()).items()))}


def _counted(assets: Iterable[Asset]) -> dict[str, Any]:
    outcomes, gaps = Counter[str](), Counter[int]()
    for asset in assets:
        outcomes.update(asset.outcomes)
        gaps.update(asset.gaps)
    passed, total = accumulate(gaps[gap] for gap in sorted(gaps)), gaps.total()
    p95 = next((gap for gap, n in zip(sorted(gaps), passed, strict=True) if 100 * n >= 95 * total), 0)
    seen, worst = sum(outcomes[word] for word in CONCLUSIVE), max(gaps, default=0)
    made = {"due": outcomes.total(), "conclusive": seen, "worst_gap": worst // 10**6, "p95_gap": p95 // 10**6}
    return {**made, "outcomes": dict(sorted(outcomes.items()))}


class Result:
    """What was found. `broken` is worse than `incomplete`, and that is worse than `missed`."""

    def __init__(self) -> None:
        self.broken, self.incomplete, self.missed, self.facts = list[str](), list[str](), list[str](), dict[str, Any]()

    @property
    def code(self) -> int:
        """The exit code."""
        return BROKEN if self.broken else INCOMPLETE if self.incomplete else MISSED if self.missed else VERIFIED


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785), for values without fractions."""
    return _ENCODER.encode(value).encode(errors="backslashreplace")


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with io.BufferedReader(archive.open(name), 1 << 20) as file:  # type: ignore[type-var]
        while line := file.readline(_LONGEST_LINE):
            if not line.endswith(b"\n"):
                raise Broken(f"{name} is cut short, or has a line that is too long")
            yield line[:-1]


def _read(archive: zipfile.ZipFile, policy: Policy, kept: Iterable[bytes], tolerance: int, result: Result) -> None:
    names = [one.filename for one in archive.infolist()]
    claims, revealed = json.loads(archive.open("claims.json").read(_LONGEST_LINE)), dict[Any, bytes]()
    size = sum(one.file_size for one in archive.infolist())
    if len(set(names)) < len(names) or size > _LARGEST or claims["format"] != FORMAT:
        raise Broken(f"the bundle is too large, has two files of one name, or is not of the format {FORMAT}")
    for one in map(json.loads, _lines(archive, "revealed.jsonl")):
        salted = bytes.fromhex(one["salt"]) + canonical(one["value"])
        revealed[one["seq"], one["part"]] = hashlib.sha256(salted).digest()
    result.facts["revealed"] = len(revealed)
    shown = [Note.parse(archive.open(name).read(_LONGEST_LINE)) for name in names if name.startswith("checkpoints/")]
    notes = sorted([*shown, *map(Note.parse, kept)], key=lambda note: note.size)
    for note in notes:
        if not any(key.name == note.origin and key.signed(note) is not None for key in policy.logs):
            raise Broken(f"the checkpoint of {note.size} records is not signed by the log's key")
    times = [policy.cosigned(note) or None for note in notes]
    before = [0, *accumulate((time or 0 for time in times), max)]
    after = [*accumulate((time or 1 << 40 for time in reversed(times)), min)][::-1]
    tree, fold, lines = Tree(), Fold(claims["since"], claims["until"]), _lines(archive, "records.jsonl")
    for position, note in enumerate(notes):
        for line in islice(lines, note.size - tree.size):
            _record(line, tree, fold, revealed, (before[position] - tolerance, after[position] + tolerance))
        if tree.size < note.size:
            raise Broken(f"records from {tree.size} on are missing: the log was signed with {note.size}")
        if tree.root() != note.root:
            first = max((one.size for one in notes[:position] if one.size < note.size), default=0)
            where = f"the first false record is one of {first} to {note.size - 1}"
            raise Broken(f"the records are not those that were signed with {note.size} of them: {where}")
    if not notes or next(lines, None) is not None:
        raise Broken(f"records from {tree.size} on are in no checkpoint")
    if revealed:
        raise Broken(f"what was revealed of record {min(revealed)[0]} is in no record")
    alone = sorted(note.size for note in shown if not policy.cosigned(note))
    if alone or not shown:
        result.incomplete.append(f"checkpoints were not cosigned as a policy demands, of {str(alone)[1:80]} records")
    result.facts |= {"records": tree.size, "checkpoints": len(shown), "cosigned": len(shown) - len(alone)}
    result.facts |= (summary := fold.summary())
    if claims["summary"] != summary:
        raise Broken("what the bundle claims (coverage, gaps, findings) is not what its records come to")


def _record(line: bytes, tree: Tree, fold: Fold, revealed: dict[Any, bytes], when: tuple[int, int]) -> None:
    number = tree.size
    try:
        record = json.loads(text := line.decode())
        if record["seq"] != number or (_ENCODER.encode(record) != text and canonical(record) != line):
            raise Broken("has another number, or is not canonical JSON")
        if not when[0] <= moment(record["at"]) / 10**6 <= when[1]:
            raise Broken(f"says {record['at']}, which does not fit the times of its cosignatures")
        fold.feed(record)
        for part, said in enumerate(record.get("commits", ())):
            if revealed and revealed.pop((number, part), b64decode(said)) != b64decode(said):
                raise Broken(f"its part {part} was revealed as something else")
    except (Broken, ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise Broken(f"record {number}: {error if isinstance(error, Broken) else 'cannot be read'}") from None
    tree.add(line)


def verify(bundle: IO[bytes], policy: str | None, kept: Iterable[bytes] = (), tolerance: int = 600) -> Result:
    """Verify a bundle; `kept` are checkpoints that a witness kept itself, `tolerance` the seconds that a clock may be
    off. Raises ValueError when the policy cannot be read."""
    result, trusted = Result(), None if policy is None else Policy(policy)
    try:
        # The last 64 bytes are the SHA-256 of all before them: damage on the way is found as such.
        left, digest = bundle.seek(0, 2) - 64, hashlib.sha256()
        bundle.seek(0)
        while left > 0 and (chunk := bundle.read(min(left, 1 << 20))):
            digest.update(chunk)
            left -= len(chunk)
        if digest.hexdigest().encode() != bundle.read():
            raise Broken("the file is not whole: it was damaged, or it is no bundle")
        with zipfile.ZipFile(bundle) as archive:
            if trusted is None:
                result.incomplete.append("the keys came with the bundle: nobody outside vouches for them (--policy)")
                trusted = Policy(archive.open("policy").read(_LONGEST_LINE).decode())
            _read(archive, trusted, kept, tolerance, result)
    except Broken as bad:
        result.broken.append(str(bad))
    except Exception as bad:  # noqa: BLE001  whatever a hostile file provokes, it is not verified
        result.broken.append(f"the bundle cannot be read: {type(bad).__name__} {str(bad)[:100]!r}")
    return result


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser("leftopen_verify", description=CODES)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--policy", type=Path, help="the keys of log and witnesses, as the contract has them")
    parser.add_argument("--kept", type=Path, help="a checkpoint that the witness kept itself, or a folder of them")
    parser.add_argument("--tolerance", type=int, default=600, help="seconds that a clock may be off (600)")
    parser.add_argument("--max-gap", type=int, help="seconds without a conclusive look, at most, as promised")
    parser.add_argument("--min-coverage", type=float, help="percent of due slots that was promised")
    chosen = parser.parse_args(arguments)
    try:
        files = sorted(chosen.kept.rglob("*.note")) if chosen.kept and chosen.kept.is_dir() else [chosen.kept]
        policy = chosen.policy.read_text() if chosen.policy else None
        with chosen.bundle.open("rb") as bundle:
            result = verify(bundle, policy, [one.read_bytes() for one in files if one], chosen.tolerance)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    seen = result.facts.get("all", {"due": 0, "conclusive": 0, "worst_gap": 0})
    percent = 100 * seen["conclusive"] / max(1, seen["due"])
    if chosen.max_gap is not None and seen["worst_gap"] > chosen.max_gap:
        result.missed.append(f"the longest gap is {seen['worst_gap']} s, and {chosen.max_gap} s were promised")
    if chosen.min_coverage is not None and percent < chosen.min_coverage:
        result.missed.append(f"coverage is {percent:.3f} %, and {chosen.min_coverage} % were promised")
    word = {VERIFIED: "VERIFIED", BROKEN: "BROKEN", INCOMPLETE: "INCOMPLETE", MISSED: "VERIFIED, PROMISES MISSED"}
    print(word[result.code], *result.broken, *result.incomplete, *result.missed, sep="\n")
    for name in ("records", "checkpoints", "cosigned", "revealed", "all", "findings", "rounds"):
        print(f"{name}: {json.dumps(result.facts.get(name, 'not read'))}")
    print("Not proven:", *NOT_PROVEN, sep="\n- ")
    return result.code


if __name__ == "__main__":
    raise SystemExit(main())
