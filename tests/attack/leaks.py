"""Secrets and the surroundings of the program: what leaks into files, processes and logs, and what they lead it to."""

from __future__ import annotations

import base64
import re
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.acceptance.test_secrets import all_of, forms
from tests.attack.attack import Outcome
from tests.attack.disks import in_words
from tests.attack.kills import everything_told, nothing_lost
from tests.attack.recorders import Recorders, holds, recorders, watching
from tests.servers.listener import listener
from tests.servers.webhook import Reply

_USER, _PASSWORD, _TOKEN = "konto-unikt-4471", "l0senord-unikt-7731", "tok-unikt-9f3a55e1"
_SECRETS = (_USER, _PASSWORD, _TOKEN, base64.b64encode(f"{_USER}:{_PASSWORD}".encode()).decode())


def _descendants(of: int) -> Iterator[int]:
    """The processes that a process has started, and theirs."""
    try:
        tasks = list(Path(f"/proc/{of}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from _descendants(child)


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _seen_by_others(process: int, parent: bytes) -> Iterator[tuple[str, bytes]]:
    """What `ps` and /proc show of a process. Until it has become another program it is its parent's twin."""
    command = _command(process)
    if command in (b"", parent):
        return
    yield "the command line of a child", command
    with suppress(OSError):
        yield f"the environment of {command[:80]!r}", Path(f"/proc/{process}/environ").read_bytes()


def leaks(amount: int, folder: Path) -> Outcome:
    """`amount` alerts of a `watch` through channels that take, refuse, echo and break; all that is left is searched."""
    outcome = Outcome()
    with recorders(folder, 1, clear_looks=1) as made:
        address = f"json://{_USER}:{_PASSWORD}@127.0.0.1:{made.hook.port}/hook?%2BX-Key={_TOKEN}"
        gone = f"json://{_USER}:{_PASSWORD}@127.0.0.1:9/{_TOKEN}"
        wrong = f"nosuch://{_USER}:{_PASSWORD}@127.0.0.1/{_TOKEN}"
        for name, url in (("gone", gone), ("wrong", wrong)):
            (made.house.folder / name).write_text(url + "\n")
            (made.house.folder / name).chmod(0o600)
        made.house.environ["HOOK"] = address
        value = made.house.inventory.read_text()
        for name in ("gone", "wrong"):
            one = f'{{"id": "{name}", "party": "storage", "url": "file:{made.house.folder / name}"}}, '
            value = value.replace('"channels": [', f'"channels": [{one}', 1)
        made.house.inventory.write_text(value)
        _let_cores_be_written()
        echo = Reply(500, body=f"refused {_USER} {_PASSWORD} {_TOKEN}".encode())
        places = _alerts(made, amount, echo, outcome)
        for command in (["health", "inventory.yaml"], ["check", "inventory.yaml"], ["findings", "--all", "--json"]):
            ran = made.house.ask(*command)
            in_words(outcome, ran, command[0])
            places.append((command[0], (ran.out + ran.err).encode()))
        everything_told(str(made.house.database), made, outcome)
        places += [("watch.log", (made.house.folder / "watch.log").read_bytes())]
        places += list(all_of(made.house.database).items())
        places += [("a message", body) for body in made.hook.bodies]
        sent = [one.headers.get("authorization", "") for one in made.hook.received]
        outcome.check(
            any(_SECRETS[3] in one for one in sent), "the credentials never arrived: the search shows nothing"
        )
        for file in made.house.database.parent.rglob("*"):
            with suppress(FileNotFoundError):  # SQLite's own files come and go
                mode = stat.S_IMODE(file.stat().st_mode)
                outcome.check(mode & 0o077 == 0 or file.is_dir(), f"{file.name} has mode {mode:o}")
    found = {(where, secret) for where, data in places for secret in _SECRETS if any(f in data for f in forms(secret))}
    for where, secret in sorted(found):
        outcome.failures.append(f"{secret} stands in {where}")
    outcome.measured = f"searched {len(places)} places, {sum(len(data) for _, data in places) >> 10} KiB"
    return outcome


def _let_cores_be_written() -> None:
    """From here on, whatever we start may write its memory to a file when it breaks, unless it forbids that itself."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def _may_write_its_memory(process: int) -> bool:
    with suppress(OSError):
        limits = Path(f"/proc/{process}/limits").read_text()
        found = re.search(r"^Max core file size +(\S+)", limits, re.MULTILINE)
        return found is not None and found[1] != "0"
    return False


def _alerts(made: Recorders, amount: int, echo: Reply, outcome: Outcome) -> list[tuple[str, bytes]]:
    """Open and close while a watch runs; what others see of its children meanwhile."""
    places: list[tuple[str, bytes]] = []
    children: set[int] = set()
    environ = {**made.house.environment(), "LEFTOPEN_UNUSED": "x"}
    with watching(made, environ) as process:

        def looked() -> None:
            for child in _descendants(process.pid):
                children.add(child)
                outcome.check(not _may_write_its_memory(child), f"{_command(child)[:80]!r} may write its memory")
                places.extend(_seen_by_others(child, _command(process.pid)))

        for number in range(amount):
            outcome.tried += 1
            before = len(made.hook.received)
            if number % 2:
                made.hook.answer(echo, Reply(drop=True))
            made.toggle(0)

            def more(count: int = before) -> bool:
                looked()
                return len(made.hook.received) > count

            outcome.check(holds(more), f"alert {number} did not come")
        outcome.check(holds(lambda: not made.hook.queued), "refused messages were not tried again")
        outcome.check(process.poll() is None, "the watch has ended")
        outcome.check(not _may_write_its_memory(process.pid), "the watch may write its memory to a file")
        process.send_signal(signal.SIGABRT)
        process.wait(60)
    cores = [file.name for file in made.house.folder.rglob("core*")]
    outcome.check(not cores, f"memory was written to {cores}")
    outcome.check(bool(children), "no child of the watch was seen")
    # Several tries of one message in one process are seen many times; once is enough to search.
    return list(dict.fromkeys(places))


_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "ftp_proxy")
_AMAZON = (
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)  # fmt: skip


def surroundings(amount: int, folder: Path) -> Outcome:
    """`amount` commands where environment and home name proxies, passwords and other endpoints: none is used."""
    outcome = Outcome()
    with recorders(folder, 1) as made, listener() as trap:
        made.toggle(0)
        home = made.house.folder
        (home / ".netrc").write_text(f"default login {_USER} password {_PASSWORD}\n")
        (home / ".aws").mkdir()
        (home / ".aws" / "credentials").write_text(
            f"[default]\naws_access_key_id = {_USER}\naws_secret_access_key = {_PASSWORD}\n"
        )
        (home / ".aws" / "config").write_text(f"[default]\nregion = eu-north-1\nendpoint_url = {trap.url}\n")
        (home / ".curlrc").write_text(f"proxy = {trap.url}\n")
        made.house.environ |= dict.fromkeys((*_PROXIES, *_AMAZON), trap.url)
        made.house.environ |= {
            "no_proxy": "", "NO_PROXY": "", "NETRC": str(home / ".netrc"), "AWS_ACCESS_KEY_ID": _USER,
            "AWS_SECRET_ACCESS_KEY": _PASSWORD, "RES_OPTIONS": "attempts:1", "LOCALDOMAIN": "attacker.test",
        }  # fmt: skip
        inventory = made.house.inventory
        wanted = (["run", str(inventory)], ["check", str(inventory)], ["health", str(inventory)])
        for number in range(amount):
            outcome.tried += 1
            in_words(outcome, made.house.ask(*wanted[number % len(wanted)]), wanted[number % len(wanted)][0])
        in_words(outcome, made.house.ask("look", f"http://127.0.0.1:{made.port}/"), "look")
        outcome.check(made.asked > 0, "nothing was asked: the attempt shows nothing")
        outcome.check(
            not trap.connections, f"the proxy or endpoint of the environment was used: {trap.connections[:3]}"
        )
        outcome.check(made.logins == 0, f"{made.logins} requests carried a login")
        nothing_lost(str(made.house.database), made, outcome)
        places = [*all_of(made.house.database).items(), *(("a message", body) for body in made.hook.bodies)]
        for where, data in places:
            for secret in (_USER, _PASSWORD):
                outcome.check(not any(form in data for form in forms(secret)), f"{secret} stands in {where}")
    outcome.measured = f"{made.asked} requests, none through a proxy, none with a login"
    return outcome
