"""The workload `survey`: a made-up replica of the disk of 2019 behind nginx and Apache, measured beside crawlers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.child import Spent, complaint, spend
from bench.figures import Figure, middle

_PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
_OLD = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
"""When the folders were last changed: long ago, as on a disk that nobody has written to since."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of recordings: so many files by customer, year, month and day, or all of them in one folder."""

    name: str
    files: int
    customers: int = 1
    years: int = 5
    days: int = 28
    flat: bool = False

    @property
    def folders(self) -> int:
        """Folders of the disk, its top included: as many pages."""
        months = self.customers * self.years * 12
        return 2 if self.flat else 1 + self.customers * (1 + self.years) + months * (1 + self.days)


TREE = Disk("tree of 300,000", 300_000)
FOLDER = Disk("1,000,000 in one folder", 1_000_000, flat=True)
FULL = Disk("tree of 2,700,000", 2_700_000, customers=3)
SMALL = Disk("tree of 240", 240, years=1, days=2)
"""For the tests."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured: which disks, how often, and whether peers that ask for every file take part (each once)."""

    disks: tuple[Disk, ...] = (TREE, FOLDER)
    runs: int = 3
    slow_peers: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: what it cost, what it asked, and how many files it found."""

    spent: Spent
    requests: int
    files: int


def make(disk: Disk, folder: Path) -> Path:
    """The disk below `folder`: sparse files, named as a recorder names them, with numbers set aside for fiction."""
    top = folder / disk.name.replace(" ", "-").replace(",", "")
    done = top.with_suffix(".made")
    if done.exists():
        return top
    shutil.rmtree(top, ignore_errors=True)
    leaves = list(_leaves(disk))
    turn = 0
    for number, (path, day) in enumerate(leaves):
        at = top / path
        at.mkdir(parents=True)
        count = disk.files * (number + 1) // len(leaves) - disk.files * number // len(leaves)
        step = timedelta(seconds=max(1, 86_000 // count)) if not disk.flat else timedelta(seconds=97)
        for one in range(count):
            _call(at, day + step * one, turn)
            turn += 1
    for path, folders, _ in os.walk(top, topdown=False):
        if folders or disk.flat:
            os.utime(path, (_OLD, _OLD))
    for path, _ in leaves:
        os.utime(top / path, (_OLD, _OLD))
    done.touch()
    return top


def _leaves(disk: Disk) -> Iterator[tuple[str, datetime]]:
    if disk.flat:
        yield "medicall", datetime(2013, 1, 1, 8, tzinfo=UTC)
        return
    for customer in ("medicall", "prebus", "itell")[: disk.customers]:
        for year in range(2019 - disk.years, 2019):
            for month in range(1, 13):
                for day in range(1, disk.days + 1):
                    yield f"{customer}/{year}/{month:02d}/{day:02d}", datetime(year, month, day, tzinfo=UTC)


def _call(folder: Path, at: datetime, turn: int) -> None:
    number = 701_740_605 + turn % 95
    epoch = int(at.timestamp())
    path = f"{folder}/in-0{number}-1177-{at:%Y%m%d-%H%M%S}-{epoch}.{turn}.wav"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.ftruncate(descriptor, 60 + 65 * 25 * (30 + turn * 7919 % 600))
    os.close(descriptor)
    os.utime(path, (epoch, epoch))


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is up: its port, and the log in which a line stands for each request."""

    name: str
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.port}/"

    def asked(self) -> int:
        """Requests so far."""
        with self.log.open("rb") as lines:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(1 << 20), b""))


@contextmanager
def nginx(top: Path) -> Iterator[Served]:
    """One worker of nginx with its own index."""

    def command(home: Path, port: int) -> list[str]:
        temporary = "".join(
            f"{kind}_temp_path {home}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (home / "nginx.conf").write_text(
            f"daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;\n"
            "events { worker_connections 512; }\n"
            f"http {{ {temporary} types {{ audio/x-wav wav; }} access_log {home}/access.log;\n"
            f'server {{ listen 127.0.0.1:{port}; root "{top}"; autoindex on; }} }}\n'
        )
        return ["nginx", "-e", f"{home}/error.log", "-p", str(home), "-c", f"{home}/nginx.conf"]

    with _serving("nginx", command) as served:
        yield served


@contextmanager
def apache(top: Path) -> Iterator[Served]:
    """One process of Apache with its table of an index."""

    def command(home: Path, port: int) -> list[str]:
        home.chmod(0o755)
        modules = "".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
            for name in ("mpm_event", "authz_core", "autoindex", "dir", "mime")
        )
        (home / "apache.conf").write_text(
            f"{modules}ServerRoot {home}\nServerName localhost\nDefaultRuntimeDir {home}\nMutex file:{home} default\n"
            f"PidFile {home}/pid\nListen 127.0.0.1:{port}\nErrorLog {home}/error.log\nThreadsPerChild 16\n"
            'TypesConfig /dev/null\nAddType audio/x-wav .wav\nLogFormat "%r %>s" asked\n'
            f'CustomLog {home}/access.log asked\nDocumentRoot "{top}"\n'
            f'<Directory "{top}">\nOptions +Indexes\nIndexOptions FancyIndexing HTMLTable NameWidth=*\n'
            "Require all granted\n</Directory>\n"
        )
        return ["apache2", "-X", "-f", f"{home}/apache.conf"]

    with _serving("apache2", command) as served:
        yield served


@contextmanager
def _serving(name: str, command: Callable[[Path, int], list[str]]) -> Iterator[Served]:
    with tempfile.TemporaryDirectory(prefix="leftopen-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with subprocess.Popen(
            command(home, port), start_new_session=True, env={"PATH": _PATHS}, stderr=subprocess.DEVNULL
        ) as server:
            try:
                _wait(server, port)
                yield Served(name, port, home / "access.log")
            finally:
                os.killpg(server.pid, signal.SIGKILL)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not answer")


SERVERS = {"nginx": nginx, "apache2": apache}


class Ours:
    """leftopen as a whole process, on a finding that a round has opened before."""

    def __init__(self, served: Served, folder: Path) -> None:
        self._served = served
        self._folder = folder
        self._ledger = folder / "opened"
        self._ledger.mkdir()
        self._inventory = folder / "inventory.yaml"
        self._inventory.write_text(
            "leftopen: 1\norganisation: {id: bench, name: Bench, contact: bench@region.example}\n"
            "parties: [{id: region, name: Region Exempel, role: controller}]\n"
            "defaults:\n  pace: 1000\n  timeouts: {connect: 5, read: 60, ask: 60}\n"
            "  survey: {pace: 100000, requests: 1000000, seconds: 600}\n"
            f"assets: [{{id: nas, host: 127.0.0.1, ports: [{served.port}], owner: region, data: recordings}}]\n"
        )
        database = self._ledger / "leftopen.db"
        look: list[str | Path] = [sys.executable, "-m", "monitor", "run", self._inventory, "--database", database]
        out = folder / "run.jsonl"
        spent = spend([*look, "--json", "--no-survey"], out)
        opened = [json.loads(line) for line in out.read_text().splitlines()]
        found = [one["finding"] for one in opened if one["verdict"] == "exposed" and one["place"].endswith("/")]
        if not found:
            raise RuntimeError(f"nothing was found open ({spent.code}): {complaint(out)}")
        self._finding = found[0]

    def __call__(self, *words: str, again: bool = False) -> Run:
        """One survey; the first one of its finding, unless it is `again` on what the last one has left."""
        ledger = self._folder / "ledger"
        if not again:
            shutil.rmtree(ledger, ignore_errors=True)
            shutil.copytree(self._ledger, ledger)
        out = self._folder / "survey.json"
        before = self._served.asked()
        command = [sys.executable, "-m", "monitor", "survey", self._finding, self._inventory]
        spent = spend([*command, "--database", ledger / "leftopen.db", "--json", *words], out)
        if spent.code:
            raise RuntimeError(f"the survey ended with {spent.code}: {complaint(out)}")
        return Run(spent, self._served.asked() - before, json.loads(out.read_text())["files"])

    @property
    def ledger(self) -> int:
        """Bytes by which a survey has made the ledger larger."""
        sizes = [sum(file.stat().st_size for file in at.iterdir()) for at in (self._folder / "ledger", self._ledger)]
        return sizes[0] - sizes[1]


@dataclass(frozen=True, slots=True)
class Peer:
    """Another crawler: its command, how a line of its output tells a file, and whether it asks for every file."""

    name: str
    command: Callable[[Served], list[str]]
    is_file: Callable[[bytes], bool]
    slow: bool = False


PEERS = (
    Peer(
        "rclone lsf -R --http-no-head",
        lambda served: ["rclone", "lsf", "-R", "--http-no-head", "--http-url", served.url, ":http:"],
        lambda line: not line.endswith(b"/"),
    ),
    Peer(
        "lftp find",
        lambda served: ["lftp", "-c", f"open {served.url}; find"],
        lambda line: not line.endswith(b"/"),
    ),
    Peer(
        "rclone lsf -R",
        lambda served: ["rclone", "lsf", "-R", "--http-url", served.url, ":http:"],
        lambda line: not line.endswith(b"/"),
        slow=True,
    ),
    Peer(
        "wget --spider -r",
        lambda served: ["wget", "--spider", "-r", "-np", "-nd", "-nv", "-l", "inf", "-o", "/dev/stdout", served.url],
        lambda line: b".wav" in line and b" 200 " in line,
        slow=True,
    ),
)  # fmt: skip


def crawl(peer: Peer, served: Served, folder: Path, seconds: float = 300.0) -> Run:
    """One run of a peer."""
    out = folder / "peer.txt"
    before = served.asked()
    spent = spend(peer.command(served), out, seconds)
    with out.open("rb") as lines:
        files = sum(peer.is_file(line.rstrip(b"\n")) for line in lines)
    return Run(spent, served.asked() - before, files)


def _talk(text: str) -> None:
    print(text, file=sys.stderr)


def measure(
    setting: Setting | None = None, disks: Path | None = None, say: Callable[[str], None] = _talk
) -> list[Figure]:
    """Every disk behind every server. The disks are made below `disks`, and left there; else they are removed."""
    setting = setting or Setting()
    figures = []
    with tempfile.TemporaryDirectory(prefix="leftopen-disks-") as temporary:
        for disk in setting.disks:
            top = make(disk, disks or Path(temporary))
            for name, server in SERVERS.items():
                if shutil.which(name, path=_PATHS) is None:
                    say(f"{name} is not installed, and left out")
                    continue
                with server(top) as served, tempfile.TemporaryDirectory(prefix="leftopen-survey-") as work:
                    figures += _compare(disk, served, setting, Path(work), say)
    return figures


def _compare(disk: Disk, served: Served, setting: Setting, work: Path, say: Callable[[str], None]) -> list[Figure]:
    ours = Ours(served, work)
    peers = [peer for peer in PEERS if shutil.which(peer.name.split()[0]) is not None]
    for peer in PEERS:
        if peer not in peers:
            say(f"{peer.name.split()[0]} is not installed, and left out")
    peers = [peer for peer in peers if not peer.slow or (setting.slow_peers and not disk.flat)]
    own: list[Run] = []
    others: dict[str, list[Run]] = {peer.name: [] for peer in peers}
    for turn in range(setting.runs):
        own.append(ours())
        if own[-1].files != disk.files:
            raise AssertionError(f"{disk.name} on {served.name}: {own[-1].files} files were counted")
        for peer in peers:
            # The first of the peers is the measure; the others are so slow that once is enough.
            if turn == 0 or peer is peers[0]:
                others[peer.name].append(crawl(peer, served, work))
    workload = f"survey: {disk.name}, {served.name}"
    figures = [_ours(workload, own, disk, ours.ledger)]
    for name, runs in others.items():
        right = all(run.files == disk.files for run in runs)
        note = name if right else f"{name} (counts {runs[0].files:,})"
        figures += [
            Figure(workload, "wall", "s", middle(own, _wall), middle(runs, _wall), note),
            Figure(workload, "CPU", "s", middle(own, _cpu), middle(runs, _cpu), note),
            Figure(workload, "memory, peak", "MB", middle(own, _peak), middle(runs, _peak), note),
            Figure(workload, "requests", "", own[0].requests, runs[0].requests, note),
        ]
    if not disk.flat:
        figures.append(_again(workload, ours, own[0]))
    return figures


def _ours(workload: str, runs: list[Run], disk: Disk, ledger: int) -> Figure:
    worst = max(run.spent.peak for run in runs) / 1e6
    note = f"count exact ({disk.files:,} files), {disk.folders:,} pages, at most {worst:.0f} MB"
    return Figure(workload, "ledger", "MB", ledger / 1e6, note=note)


def _again(workload: str, ours: Ours, first: Run) -> Figure:
    """The survey after the first, when nothing or little has changed: what it asks."""
    second = ours(again=True)
    note = "the first survey; nothing has changed since"
    return Figure(workload, "requests, again", "", second.requests, first.requests, note)


def _wall(run: Run) -> float:
    return run.spent.wall


def _cpu(run: Run) -> float:
    return run.spent.cpu


def _peak(run: Run) -> float:
    return run.spent.peak / 1e6


def full(setting: Setting) -> Setting:
    """The same with the whole disk of 2019, for whoever has the time."""
    return replace(setting, disks=(*setting.disks, FULL), runs=1)
