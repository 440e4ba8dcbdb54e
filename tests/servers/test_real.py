"""Each real server starts, lists the hard names, hands over a file, and leaves no process behind."""

from __future__ import annotations

import html
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from tests.servers import folders, launch, real
from tests.servers.client import ask
from tests.servers.listener import has_ipv6
from tests.waiting import until

Opener = Callable[[Path], AbstractContextManager[real.Server]]

SERVERS: dict[str, Opener] = {
    "nginx": real.nginx,
    "nginx-rounded": lambda folder: real.nginx(folder, exact=False),
    "nginx-xml": lambda folder: real.nginx(folder, look="xml"),
    "nginx-fancy": lambda folder: real.nginx(folder, look="fancy"),
    "apache": real.apache,
    "apache-plain": lambda folder: real.apache(folder, look="plain"),
    "apache-table": lambda folder: real.apache(folder, look="table", wide=True),
    "lighttpd": real.lighttpd,
    "caddy": real.caddy,
    "caddy-newer": lambda folder: real.caddy(folder, newer=True),
    "python": real.python,
    "webfs": real.webfs,
    "mini_httpd": real.mini_httpd,
    "rclone": real.rclone,
    "wsgidav": real.wsgidav,
    "copyparty": real.copyparty,
    "serve": real.serve,
    "http-server": real.http_server,
    "express": real.express,
    "tomcat": real.tomcat,
    "jetty": real.jetty,
}
HIDDEN = b"..hidden.."
LEFT_OUT: dict[str, set[bytes]] = {
    **{name: {HIDDEN} for name in ("nginx", "nginx-rounded", "nginx-xml", "nginx-fancy")},
    **{name: {HIDDEN} for name in ("lighttpd", "copyparty", "express")},
    "rclone": {b"\x01control.wav", b"del\x7f.wav", b"new\nline.wav", b"tab\tbed.wav"},
}  # fmt: skip
"""What a server shows in no form at all: dot files, or control characters that it draws as pictures."""
LOGS_LITTLE = ("copyparty", "lighttpd")
"""copyparty logs little; lighttpd writes its log only every few seconds."""
BROWSER = ("User-Agent: Mozilla/5.0",)


def _plain(text: bytes) -> bytes:
    """Without any escapes: HTML's and URL's, also one inside the other."""
    for _ in range(3):
        text = unquote_to_bytes(
            html.unescape(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        )
    return text


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_starts_lists_and_leaves_nothing(name: str, hard_names: folders.Tree) -> None:
    with SERVERS[name](hard_names.path) as server:
        listed = ask(server.host, server.port, "/", headers=BROWSER)
        file = ask(server.host, server.port, "/big.wav", method="HEAD")
        if name not in LOGS_LITTLE:
            until(server.asked, f"the log of {name}, which may have a thread of its own")
    assert listed.status == 200
    assert listed.end == "closed"
    shown = _plain(listed.body)
    assert {entry.name for entry in hard_names.top if _plain(entry.name) not in shown} == LEFT_OUT.get(name, set())
    assert file.status == 200
    assert file.header("content-length") == str(folders.BIG)
    assert launch.alive(server.group) == []
    assert ask(server.host, server.port, within=1).end == "refused"


@pytest.mark.parametrize("look", ["json", "jsonp"])
def test_nginx_tells_exact_sizes_as_json(look: str, hard_names: folders.Tree) -> None:
    with real.nginx(hard_names.path, look=look) as server:  # type: ignore[arg-type]
        body = ask(server.host, server.port, "/?callback=calls").body
    if look == "jsonp":
        assert body.lstrip().startswith(b"/* callback */\r\ncalls(") or b"calls(" in body
        body = body[body.index(b"(") + 1 : body.rindex(b")")]
    rows = json.loads(body)
    told = {(row["name"].encode(), row["type"] == "directory", row.get("size", 0)) for row in rows}
    assert told == {(one.name, one.folder, one.size) for one in hard_names.top if one.name != HIDDEN}


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    tree = folders.hard(tmp_path / "latin", latin_1=True)
    for name, shown in (("nginx", b"s%F6ndag"), ("apache", b"s%f6ndag"), ("python", b"s%ED%B3%B6ndag")):
        with SERVERS[name](tree.path) as server:
            assert shown in ask(server.host, server.port).body, name
    for name, status in (("wsgidav", 500), ("serve", 404)):
        with SERVERS[name](tree.path) as server:
            assert ask(server.host, server.port).status == status, name


def test_nginx_and_apache_over_tls(recordings: folders.Tree) -> None:
    for opened in (real.nginx(recordings.path, tls=True), real.apache(recordings.path, tls=True)):
        with opened as server:
            assert server.url.startswith("https://")
            answer = ask("localhost", server.port, "/medicall/", tls=True, authority=server.authority)
            assert answer.status == 200
            assert b"2018/" in answer.body
            assert ask(server.host, server.port).status == 400  # clear text on a TLS port


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_a_listing_behind_ipv6_only(recordings: folders.Tree) -> None:
    for open_it in (real.nginx, real.apache, real.python):
        with open_it(recordings.path, host="::1") as server:
            assert server.url == f"http://[::1]:{server.port}"
            assert b"medicall" in ask("::1", server.port).body
            assert ask("127.0.0.1", server.port, within=1).end == "refused"


def test_apache_behind_a_password(recordings: folders.Tree) -> None:
    with real.apache(recordings.path, password=True) as server:
        answer = ask(server.host, server.port, "/medicall/2016/")
    assert answer.status == 401
    assert answer.header("www-authenticate").startswith("Basic")


def test_apache_with_the_index_off_and_the_files_open(recordings: folders.Tree) -> None:
    file = "/" + os.fsdecode(next(iter(recordings.files)))
    with real.apache(recordings.path, index=False) as server:
        assert ask(server.host, server.port, "/medicall/").status == 403
        answer = ask(server.host, server.port, file, headers=("Range: bytes=0-15",))
    assert answer.status == 206
    assert len(answer.body) == 16


def test_apache_without_mod_dir_answers_for_a_folder_without_its_slash(recordings: folders.Tree) -> None:
    with real.apache(recordings.path, slash=False) as server:
        assert ask(server.host, server.port, "/medicall").status == 200
    with real.apache(recordings.path) as server:
        assert ask(server.host, server.port, "/medicall").status == 301


@pytest.mark.parametrize(
    "open_it",
    [
        lambda folder: real.apache(folder, dav=True),
        lambda folder: real.lighttpd(folder, dav=True),
        lambda folder: real.rclone(folder, speaks="webdav"),
        real.wsgidav,
    ],
    ids=["apache", "lighttpd", "rclone", "wsgidav"],
)
def test_webdav_lists_one_level(open_it: Opener, recordings: folders.Tree) -> None:
    with open_it(recordings.path) as server:
        answer = ask(
            server.host, server.port, "/medicall/", method="PROPFIND", headers=("Depth: 1", "Content-Length: 0")
        )
    assert answer.status == 207
    for year in (b"2016", b"2017", b"2018"):
        assert b"/medicall/" + year in answer.body


def test_servers_that_ignore_propfind(recordings: folders.Tree) -> None:
    with real.caddy(recordings.path) as server:
        answer = ask(server.host, server.port, "/", method="PROPFIND", headers=("Depth: 1", "Content-Length: 0"))
    assert answer.status in (200, 405)


def test_caddy_serve_and_express_tell_json_when_asked(recordings: folders.Tree) -> None:
    for open_it in (real.caddy, real.serve, real.express):
        with open_it(recordings.path) as server:
            answer = ask(server.host, server.port, "/", headers=("Accept: application/json",))
        told = json.loads(answer.body)
        assert "medicall" in json.dumps(told)


def test_the_log_says_what_was_asked(recordings: folders.Tree) -> None:
    for open_it in (real.nginx, real.apache, real.caddy, real.python):
        with open_it(recordings.path) as server:
            ask(server.host, server.port, "/medicall/?asked=here")
            # Some write the line after the answer has gone.
            until(lambda: "asked=here" in server.asked(), server.name)


def test_a_failing_test_leaves_no_server_behind(recordings: folders.Tree) -> None:
    group = 0
    with pytest.raises(ZeroDivisionError), real.nginx(recordings.path) as server:  # noqa: PT012  the failure is inside
        group = server.group
        raise ZeroDivisionError
    assert launch.alive(group) == []


def test_a_killed_test_run_leaves_no_server_behind(recordings: folders.Tree, tmp_path: Path) -> None:
    launch.require("nginx")
    launch.require("setpriv")
    code = (
        "import sys, time, pathlib\nfrom tests.servers import real\n"
        "with real.nginx(pathlib.Path(sys.argv[1])) as a, real.apache(pathlib.Path(sys.argv[1])) as b:\n"
        "    print(a.group, b.group, flush=True)\n    time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, str(recordings.path)]
    # The killed run cannot remove its folders: they lie where pytest removes them.
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        groups = [int(word) for word in run.stdout.readline().split()]
        run.send_signal(signal.SIGKILL)
    assert len(groups) == 2
    until(lambda: not any(launch.alive(group) for group in groups), "the kernel ends the servers of a run that is gone")


def test_what_a_server_has_started_in_a_session_of_its_own_ends_with_it(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\nfrom http.server import *\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "open(sys.argv[2], 'w').write(str(left.pid))\n"
        "HTTPServer(('127.0.0.1', int(sys.argv[1])), BaseHTTPRequestHandler).serve_forever()\n"
    )
    number = tmp_path / "number"
    with launch.running(
        "leaving", lambda port, _: launch.Start([sys.executable, "-c", code, str(port), str(number)], tmp_path)
    ):
        (left,) = launch.alive(int(number.read_text()))
    until(lambda: not launch.alive(left), "it is gone")


def test_what_a_killed_test_run_has_started_by_others_ends_too(tmp_path: Path) -> None:
    """As RabbitMQ starts its port mapper: in a session of its own, whose parent is gone."""
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import pathlib, subprocess, sys, time\nfrom tests.servers import launch\nhome = pathlib.Path(sys.argv[1])\n"
        "with launch.guarded(home):\n"
        "    subprocess.run(['sh', '-c', 'setsid sleep 300 >/dev/null & echo $!'], env=launch.surroundings(home))\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(home)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        number = int(run.stdout.readline())
        until(lambda: b"sleep" in Path(f"/proc/{number}/cmdline").read_bytes(), "it runs")
        run.send_signal(signal.SIGKILL)
    until(lambda: not Path(f"/proc/{number}").exists() and not home.exists(), "both are gone")


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(launch.DidNotStart, match="unknown directive"), real.nginx(tmp_path, extra="nonsense on;"):
        pass


def test_a_missing_server_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server is not installed"):
        launch.require("no-such-server")
    monkeypatch.setenv("REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-server is not installed"):
        launch.require("no-such-server")
