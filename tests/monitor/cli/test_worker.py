"""What `leftopen worker` says before it links itself to anybody."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from monitor.cli.fleet.worker import worker
from monitor.proof.formats.note import LOG, SigningKey


def test_a_key_that_everybody_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "declaration.json").write_text("{}")
    key, broker = tmp_path / "worker.key", tmp_path / "worker.broker"
    key.write_text(SigningKey.make("inside-1", LOG).secret())
    broker.write_text("amqps://user:password@127.0.0.1:1/leftopen")
    for mode, told in ((0o644, True), (0o600, False)):
        key.chmod(mode)
        broker.chmod(mode)
        came = CliRunner().invoke(worker, [str(tmp_path / "declaration.json")])
        assert came.exit_code == 2, "there is no key of an owner"
        assert [f"{one} can be read" in came.output for one in (key, broker)] == [told, told]
        assert "password" not in came.output
