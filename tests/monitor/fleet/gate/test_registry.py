"""A code registers one key, once, for one vantage, within a day."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.fleet.gate.registry import VALID, Registry, RegistryUnusable
from monitor.proof.formats.note import COSIGNER, LOG, BadNote, SigningKey

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
KEY = str(SigningKey.make("sjunet-1", LOG).verifier)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "gate.json")


def test_a_code_is_used_once(registry: Registry, tmp_path: Path) -> None:
    code = registry.new_code("sjunet-1", NOON)
    assert registry.key_of("sjunet-1") is None
    assert registry.register(code.lower(), KEY, NOON) == "sjunet-1", "it is read aloud: case does not matter"
    assert str(registry.key_of("sjunet-1")) == KEY
    other = str(SigningKey.make("sjunet-1", LOG).verifier)
    assert registry.register(code, other, NOON) is None
    assert str(registry.key_of("sjunet-1")) == KEY
    held = (tmp_path / "gate.json").read_text()
    assert code not in held, "whoever reads the file cannot use a code"
    assert stat.S_IMODE((tmp_path / "gate.json").stat().st_mode) == 0o600


def test_a_code_that_is_old_unknown_or_replaced_registers_nothing(registry: Registry) -> None:
    replaced = registry.new_code("sjunet-1", NOON)
    code = registry.new_code("sjunet-1", NOON)
    assert registry.register(replaced, KEY, NOON) is None
    assert registry.register("AAAAA-BBBBB-CCCCC-DDDDD", KEY, NOON) is None
    assert registry.register(code, KEY, NOON + VALID) is None
    assert registry.key_of("sjunet-1") is None


def test_a_key_of_another_kind_does_not_use_up_a_code(registry: Registry) -> None:
    code = registry.new_code("sjunet-1", NOON)
    for bad in ("no key", str(SigningKey.make("w", COSIGNER).verifier)):
        with pytest.raises(BadNote):
            registry.register(code, bad, NOON)
    assert registry.register(code, KEY, NOON) == "sjunet-1"


def test_a_key_that_was_taken_away_is_known_no_more(registry: Registry, tmp_path: Path) -> None:
    registry.register(registry.new_code("sjunet-1", NOON), KEY, NOON)
    serving = Registry(tmp_path / "gate.json")
    assert serving.key_of("sjunet-1") is not None
    assert registry.forget("sjunet-1")
    assert not registry.forget("sjunet-1")
    assert serving.key_of("sjunet-1") is None, "the gate that serves hears of it"


def test_many_at_once_use_each_code_once(tmp_path: Path) -> None:
    code = Registry(tmp_path / "gate.json").new_code("sjunet-1", NOON)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: Registry(tmp_path / "gate.json").register(code, KEY, NOON), range(8)))
    assert sorted(map(str, done)) == ["None"] * 7 + ["sjunet-1"]


def test_a_file_that_cannot_be_read_is_said_and_lets_nobody_in(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    file.write_text('{"keys": [')
    for ask in (lambda: Registry(file).key_of("a"), lambda: Registry(file).new_code("a", NOON + timedelta(days=1))):
        with pytest.raises(RegistryUnusable):
            ask()
