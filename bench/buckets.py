"""The workload `buckets`: a made-up S3 endpoint with a million keys and more, listed beside those who list buckets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.child import Spent, complaint, spend
from bench.figures import Figure, middle


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket: how its keys are laid out, how many there are, and how long each answer waits."""

    layout: str
    keys: int
    milliseconds: float = 0

    def __str__(self) -> str:
        return f"{self.layout}, {self.keys:,} keys" + (f", {self.milliseconds:.0f} ms" if self.milliseconds else "")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured. Peers list the first of the buckets; those that take minutes do it once."""

    buckets: tuple[Bucket, ...] = (
        Bucket("tree", 1_000_000), Bucket("flat", 1_000_000), Bucket("sequence", 1_000_000),
        Bucket("ninety", 1_000_000), Bucket("tree", 1_000_000, 100),
    )  # fmt: skip
    runs: int = 3
    at_once: int = 64


SMALL = Setting((Bucket("tree", 5000),), 1, 8)
FULL = (Bucket("tree", 10_000_000, 100), Bucket("ninety", 10_000_000, 100))
"""Its rows take 3 GB, and a minute or two to be made."""


@dataclass(frozen=True, slots=True)
class Run:
    """One listing: what it cost, what it asked, and how many keys it counted."""

    spent: Spent
    requests: int
    keys: int


class Served:
    """The endpoint, in a process of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def asked(self) -> int:
        """Requests so far."""
        with urllib.request.urlopen(f"{self.url}/asked") as answer:  # noqa: S310  our own
            return int(answer.read())


@contextmanager
def serving(bucket: Bucket) -> Iterator[Served]:
    """Make the rows, and serve them."""
    command = [sys.executable, "-m", "bench.store", bucket.layout, str(bucket.keys), str(bucket.milliseconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            if not line:
                raise RuntimeError("the endpoint did not start")
            yield Served(int(line))
        finally:
            server.kill()


class Ours:
    """leftopen as a whole process, on a finding that a round has opened before."""

    def __init__(self, served: Served, folder: Path, at_once: int) -> None:
        self._served = served
        self._folder = folder
        self._opened = folder / "opened"
        self._opened.mkdir()
        self._inventory = folder / "inventory.yaml"
        self._inventory.write_text(
            "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
            "parties: [{id: region, name: Region Exempel, role: controller}]\n"
            "defaults:\n  pace: 1000\n  timeouts: {connect: 5, read: 60, ask: 60}\n"
            f"  survey: {{pace: 100000, requests: 1000000, bytes: 8 GB, seconds: 900, concurrency: {at_once}}}\n"
            "assets:\n  - {id: store, owner: region, data: recordings, addresses: [127.0.0.1],\n"
            f"     bucket: {{endpoint: '{served.url}', name: bench}}}}\n"
        )
        database = str(self._opened / "leftopen.db")
        look = [sys.executable, "-m", "monitor", "run", str(self._inventory), "--database", database]
        out = folder / "run.jsonl"
        spent = spend([*look, "--json", "--no-survey"], out)
        opened = [json.loads(line) for line in out.read_text().splitlines()]
        found = [one["finding"] for one in opened if one["verdict"] == "exposed"]
        if not found:
            raise RuntimeError(f"nothing was found open ({spent.code}): {complaint(out)}")
        self._finding = found[0]

    def __call__(self) -> Run:
        """The first survey of the finding: start, list, tally, ledger."""
        ledger = self._folder / "ledger"
        shutil.rmtree(ledger, ignore_errors=True)
        shutil.copytree(self._opened, ledger)
        out = self._folder / "survey.json"
        before = self._served.asked()
        command = [sys.executable, "-m", "monitor", "survey", self._finding, self._inventory]
        spent = spend([*command, "--database", ledger / "leftopen.db", "--json"], out)
        if spent.code:
            raise RuntimeError(f"the survey ended with {spent.code}: {complaint(out)}")
        said = json.loads(out.read_text())
        if said["partial"]:
            raise AssertionError(f"the survey is not whole: {said['partial']}")
        return Run(spent, self._served.asked() - before, said["files"])

    @property
    def ledger(self) -> int:
        """Bytes by which a survey has made the ledger larger."""
        sizes = [sum(file.stat().st_size for file in at.iterdir()) for at in (self._folder / "ledger", self._opened)]
        return sizes[0] - sizes[1]


@dataclass(frozen=True, slots=True)
class Peer:
    """Another lister: its command; how it counts, where it does not write a line for each key."""

    name: str
    command: Callable[[Served], list[str]]
    slow: bool = False
    prints_count: bool = False

    def missing(self) -> str:
        """Why it cannot take part; empty when it can."""
        if self.prints_count:
            found = subprocess.run([sys.executable, "-c", "import boto3"], capture_output=True, check=False)
            return "" if found.returncode == 0 else "boto3 is not installed"
        name = self.name.split()[0]
        return "" if shutil.which(name) is not None else f"{name} is not installed"


_BOTO3 = """
import sys, boto3
from botocore import UNSIGNED
from botocore.config import Config
unsigned = Config(signature_version=UNSIGNED)
client = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1", config=unsigned)
pages = client.get_paginator("list_objects_v2").paginate(Bucket="bench")
print(sum(len(page.get("Contents", ())) for page in pages))
"""


def _rclone(*words: str) -> Callable[[Served], list[str]]:
    place = ["--s3-provider", "Other", "--s3-env-auth=false", "--files-only"]
    return lambda served: ["rclone", "lsf", "-R", *words, *place, "--s3-endpoint", served.url, ":s3:bench"]


PEERS = (
    Peer("rclone lsf -R --fast-list", _rclone("--fast-list")),
    Peer("rclone lsf -R", _rclone()),
    Peer(
        "aws s3 ls --recursive",
        lambda served: [
            "aws", "s3", "ls", "--no-sign-request", "--region", "us-east-1", "--recursive", "--endpoint-url",
            served.url, "s3://bench/",
        ],
        slow=True,
    ),
    Peer("boto3 paginator", lambda served: [sys.executable, "-c", _BOTO3, served.url], slow=True, prints_count=True),
)  # fmt: skip
_AMBIENT = ("AWS_CA_BUNDLE", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def lists(peer: Peer, served: Served, folder: Path, seconds: float = 900.0) -> Run:
    """One run of a peer."""
    out = folder / "peer.txt"
    before = served.asked()
    bare = [f"--unset={name}" for name in _AMBIENT]
    env = ["env", *bare, "AWS_EC2_METADATA_DISABLED=true", f"RCLONE_CONFIG={os.devnull}"]
    spent = spend([*env, *peer.command(served)], out, seconds)
    with out.open("rb") as lines:
        keys = int(lines.read() or 0) if peer.prints_count else sum(1 for _ in lines)
    return Run(spent, served.asked() - before, keys)


def _talk(text: str) -> None:
    print(text, file=sys.stderr)


def measure(
    setting: Setting | None = None, say: Callable[[str], None] = _talk, peers: tuple[Peer, ...] = PEERS
) -> list[Figure]:
    """Every bucket; the first of them beside the peers."""
    setting = setting or Setting()
    there = []
    for peer in peers:
        why = peer.missing()
        if why:
            say(f"{peer.name} is left out: {why}")
        else:
            there.append(peer)
    figures: list[Figure] = []
    for number, bucket in enumerate(setting.buckets):
        say(f"making {bucket} ...")
        with serving(bucket) as served, tempfile.TemporaryDirectory(prefix="leftopen-buckets-") as work:
            figures += _compare(bucket, served, setting, Path(work), () if number else tuple(there))
    return figures


def _compare(bucket: Bucket, served: Served, setting: Setting, work: Path, peers: tuple[Peer, ...]) -> list[Figure]:
    ours = Ours(served, work, setting.at_once)
    own: list[Run] = []
    others: dict[str, list[Run]] = {peer.name: [] for peer in peers}
    for turn in range(setting.runs):
        own.append(ours())
        if own[-1].keys != bucket.keys:
            raise AssertionError(f"{bucket}: {own[-1].keys:,} keys were counted")
        for peer in peers:
            if turn == 0 or not peer.slow:
                others[peer.name].append(lists(peer, served, work))
    workload = f"buckets: {bucket}"
    note = f"count exact, at most {max(run.spent.peak for run in own) / 1e6:.0f} MB, {bucket.keys // 1000:,} full pages"
    figures = [Figure(workload, "ledger", "MB", ours.ledger / 1e6, note=note)]
    values: tuple[tuple[str, str, Callable[[Run], float]], ...] = (
        ("wall", "s", lambda run: run.spent.wall),
        ("CPU", "s", lambda run: run.spent.cpu),
        ("memory, peak", "MB", lambda run: run.spent.peak / 1e6),
        ("requests", "", lambda run: run.requests),
    )
    for what, unit, value in values:
        figures += [] if peers else [Figure(workload, what, unit, middle(own, value))]
        for name, runs in others.items():
            right = all(run.keys == bucket.keys for run in runs)
            said = name if right else f"{name} (counts {runs[0].keys:,})"
            figures.append(Figure(workload, what, unit, middle(own, value), middle(runs, value), said))
    return figures
