"""Real data stores that speak HTTP, open, half open and closed: InfluxDB, ClickHouse, a registry, Jupyter, Orthanc."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from tests.servers.client import ask
from tests.servers.issuer import ISSUER, SERVICE, certificate_of_issuer
from tests.servers.launch import Server, Start, free_port, missing, require, running
from tests.servers.services import STUDY
from tests.waiting import until

_OWNER = "$2y$05$abcdefghijklmnopqrstuuCvRyDKvrHtm8D8mN3jHWd3HsDhGhPUe"
"""Of nobody: what it was made of is not known."""
OpenOrClosed = Literal["open", "closed"]


@contextmanager
def influxdb(folder: Path, state: Literal["open", "unclaimed", "closed"] = "open") -> Iterator[Server]:
    """InfluxDB 1 as it comes, or one that demands logins, before anybody was made administrator or after that."""
    binary = require("influxd")

    def start(port: int, home: Path) -> Start:
        (home / "influx.conf").write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{free_port()}"\n[meta]\n dir = "{home}/meta"\n'
            f'[data]\n dir = "{home}/data"\n wal-dir = "{home}/wal"\n[http]\n bind-address = "127.0.0.1:{port}"\n'
            f" auth-enabled = {'false' if state == 'open' else 'true'}\n log-enabled = false\n",
            "utf-8",
        )
        return Start([binary, "-config", str(home / "influx.conf")], folder, log="out.log")

    with running("influxdb", start) as server:
        if state == "closed":
            told = quote("CREATE USER owner WITH PASSWORD 'not-guessed' WITH ALL PRIVILEGES")

            def made() -> bool:
                asked = http.client.HTTPConnection(server.host, server.port, timeout=10)
                asked.request("POST", f"/query?q={told}")
                answer = asked.getresponse()
                return answer.status == 401 or (answer.status == 200 and b'"error"' not in answer.read())

            until(made, "an administrator: until then the first who comes may become one")
        yield server


_CLICKHOUSE = """<yandex><logger><level>warning</level><log>{home}/log</log><errorlog>{home}/err</errorlog></logger>
<http_port>{port}</http_port><tcp_port>{other}</tcp_port><listen_host>127.0.0.1</listen_host><path>{home}/data/</path>
<tmp_path>{home}/tmp/</tmp_path><mark_cache_size>1000000</mark_cache_size><users_config>{home}/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database></yandex>"""
_CLICKHOUSE_USERS = """<yandex><profiles><default></default></profiles><quotas><default/></quotas><users><default>
<password>{password}</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
</default></users></yandex>"""


@contextmanager
def clickhouse(folder: Path, state: OpenOrClosed = "open") -> Iterator[Server]:
    """ClickHouse whose account `default` has no password, as it comes; or has one."""
    binary = require("clickhouse-server")

    def start(port: int, home: Path) -> Start:
        (home / "config.xml").write_text(_CLICKHOUSE.format(home=home, port=port, other=free_port()), "utf-8")
        password = "" if state == "open" else "not-guessed"
        (home / "users.xml").write_text(_CLICKHOUSE_USERS.format(password=password), "utf-8")
        return Start([binary, f"--config-file={home}/config.xml"], folder, log="out.log")

    with running("clickhouse", start) as server:
        yield server


@contextmanager
def registry(
    folder: Path, state: Literal["open", "closed", "tokens"] = "open", realm: str = "", images: tuple[str, ...] = ()
) -> Iterator[Server]:
    """The registry of container images with a tag of each of these; as it comes, with a login, or sending its askers to
    `realm` for a token of `tests.servers.issuer`."""
    binary = require("docker-registry")

    def start(port: int, home: Path) -> Start:
        text = f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {home}/data}}}}\n"
        text += f'http: {{addr: "127.0.0.1:{port}"}}\n'
        if state == "closed":
            (home / "people").write_text(f"owner:{_OWNER}\n", "utf-8")
            text += f"auth: {{htpasswd: {{realm: r, path: {home}/people}}}}\n"
        if state == "tokens":
            (home / "issuer.pem").write_bytes(certificate_of_issuer())
            text += f"auth: {{token: {{realm: '{realm}', service: {SERVICE}, issuer: {ISSUER}, "
            text += f"rootcertbundle: {home}/issuer.pem}}}}\n"
        for image in images:
            at = home / "data" / "docker" / "registry" / "v2" / "repositories" / image
            (at / "_layers").mkdir(parents=True, exist_ok=True)
            link = at / "_manifests" / "tags" / "latest" / "current" / "link"
            link.parent.mkdir(parents=True, exist_ok=True)
            link.write_text("sha256:" + "0a" * 32, "utf-8")
        (home / "registry.yml").write_text(text, "utf-8")
        return Start([binary, "serve", str(home / "registry.yml")], folder, log="out.log")

    with running("registry", start) as server:
        yield server


@contextmanager
def prometheus(folder: Path, state: OpenOrClosed = "open") -> Iterator[Server]:
    """Prometheus as it comes, or with a login."""
    binary = require("prometheus")

    def start(port: int, home: Path) -> Start:
        (home / "prometheus.yml").write_text("global: {}\n", "utf-8")
        command = [binary, f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/data"]
        if state == "closed":
            (home / "web.yml").write_text(f"basic_auth_users: {{owner: {_OWNER}}}\n", "utf-8")
            command.append(f"--web.config.file={home}/web.yml")
        return Start([*command, f"--web.listen-address=127.0.0.1:{port}"], folder, log="out.log")

    with running("prometheus", start) as server:
        # It listens before it has read its store, and answers 503 until then.
        ready = (200, 401)
        until(lambda: ask(server.host, server.port, "/-/ready").status in ready, "Prometheus is ready")
        yield server


@contextmanager
def jupyter(folder: Path, state: OpenOrClosed = "open") -> Iterator[Server]:
    """Jupyter's server without a token, or with the one that it makes up itself."""
    python = Path("/usr/bin/python3")
    if not Path("/usr/lib/python3/dist-packages/jupyter_server").is_dir():
        missing("python3-jupyter-server is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        command = [str(python), "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1"]
        command += [f"--port={port}", f"--ServerApp.root_dir={folder}", "--ServerApp.allow_remote_access=True"]
        command += ["--ServerApp.token="] if state == "open" else []
        return Start(command, folder, {"PYTHONWARNINGS": "ignore"}, log="out.log")

    with running("jupyter", start) as server:
        yield server


@contextmanager
def orthanc(folder: Path, state: OpenOrClosed = "open", studies: int = 3) -> Iterator[Server]:
    """Orthanc with DICOMweb and made-up studies, open to anybody or with a login. Debian's version binds every address,
    and refuses all but loopback itself."""
    binary, maker, sender = require("Orthanc"), require("dump2dcm"), require("storescu")
    plugins = Path("/usr/share/orthanc/plugins")
    if not list(plugins.glob("*OrthancDicomWeb*")):
        missing("orthanc-dicomweb is not installed (.ci/servers installs it)")
    dicom: list[int] = []

    def start(port: int, home: Path) -> Start:
        dicom[:] = [free_port()]
        settings = {
            "Name": "test", "StorageDirectory": str(home), "IndexDirectory": str(home), "HttpPort": port,
            "DicomPort": dicom[0], "DicomAet": "ORTHANC", "RemoteAccessAllowed": False,
            "AuthenticationEnabled": state == "closed", "RegisteredUsers": {"owner": "not-guessed"},
            "Plugins": [str(plugins)], "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }  # fmt: skip
        (home / "orthanc.json").write_text(json.dumps(settings), "utf-8")
        return Start([binary, str(home / "orthanc.json")], folder, log="out.log")

    with running("orthanc", start) as server:
        made = server.log.parent
        for number in range(studies):
            (made / f"{number}.txt").write_text(STUDY.format(n=number))
            subprocess.run([maker, "-q", f"{made}/{number}.txt", f"{made}/{number}.dcm"], check=True)
            send = [sender, "-q", "-aec", "ORTHANC", server.host, str(dicom[0]), f"{made}/{number}.dcm"]
            subprocess.run(send, check=True)
        yield server
