"""The declaration of a vantage: its own assets and nothing of people, and only as its owner has signed it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from monitor.cli.main import main
from monitor.fleet.batches import share_of
from monitor.fleet.declaration import NotDeclared, declared, sign, signature_file
from monitor.inventory.excerpt import excerpt
from monitor.inventory.load import load
from monitor.proof.formats.note import LOG, SigningKey
from tests.monitor.fleet.parts import inventory_of

OWNER, OTHER = SigningKey.make("owner", LOG), SigningKey.make("other", LOG)
VANTAGES = {"outside": "internet", "inside": "sjunet"}
KEYS = {id_: SigningKey.make(id_, LOG) for id_ in VANTAGES}
ASSETS = [
    {"id": "site", "host": "www.region.example", "reach": "internet"},
    {"id": "journal", "host": "journal.region.example", "reach": "sjunet"},
    {"id": "disk", "host": "192.0.2.7"},
]


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """An inventory with two vantages, a channel and a party with people."""
    tree = inventory_of(ASSETS, VANTAGES, KEYS)
    tree["parties"][0] |= {"channels": ["mail"], "dpo": "dpo@vendor.example"}
    tree["channels"] = [{"id": "mail", "party": "vendor", "url": "env:MAIL"}]
    file = tmp_path / "inventory.yaml"
    file.write_text(yaml.safe_dump(tree))
    return file


def test_a_vantage_has_its_own_assets_and_nothing_of_people(inventory: Path, tmp_path: Path) -> None:
    whole = load(inventory)
    for vantage, assets in (("outside", {"site", "journal", "disk"}), ("inside", {"journal"})):
        text = excerpt(inventory, vantage)
        assert not {"dpo@", "env:MAIL", "env:BROKER", "env:HUB_KEY", str(KEYS[vantage].verifier)} & set(text.split('"'))
        file = tmp_path / f"{vantage}.json"
        file.write_text(text)
        mine = load(file)
        assert {one.id for one in mine.assets} == assets
        assert (mine.vantage.id, mine.vantage.network) == (vantage, VANTAGES[vantage])
        assert mine.channels == ()
        assert mine.fleet is None
        for asset in mine.assets:
            assert asset == whole.asset(asset.id)
            assert mine.settings(asset) == whole.settings(whole.asset(asset.id))
    with pytest.raises(KeyError):
        excerpt(inventory, "nowhere")


def test_assets_of_included_files_and_the_controls_of_its_own_network_are_in_it(tmp_path: Path) -> None:
    tree = inventory_of(ASSETS[:1], VANTAGES, KEYS, include=["more.yaml"])
    tree["networks"] = [{"id": name, "beyond": f"https://{name}.test/"} for name in ("internet", "sjunet")]
    (tmp_path / "inventory.yaml").write_text(yaml.safe_dump(tree))
    (tmp_path / "more.yaml").write_text(yaml.safe_dump({"assets": [{"owner": "vendor", **ASSETS[1]}]}))
    (tmp_path / "inside.json").write_text(excerpt(tmp_path / "inventory.yaml", "inside"))
    mine = load(tmp_path / "inside.json")
    assert [one.id for one in mine.assets] == ["journal"]
    assert [one.beyond for one in mine.networks] == ["https://sjunet.test/"]


def test_whoever_shares_a_host_shares_its_pace(inventory: Path) -> None:
    whole = load(inventory)
    assert not whole.looks_itself, "its own network has workers"
    assert [share_of(whole, [one.id]) for one in whole.assets] == [1, 2, 1]


def test_only_what_its_owner_signed_is_taken(inventory: Path, tmp_path: Path) -> None:
    file = tmp_path / "inside.json"
    text = excerpt(inventory, "inside")
    file.write_text(text)
    with pytest.raises(NotDeclared, match="No such file"):
        declared(file, OWNER.verifier)
    signature_file(file).write_text(sign(text, OWNER))
    assert len(declared(file, OWNER.verifier).assets) == 1
    with pytest.raises(NotDeclared, match="not signed by"):
        declared(file, OTHER.verifier)
    file.write_text(text.replace("journal.region.example", "another.region.example"))
    with pytest.raises(NotDeclared, match="not signed by"):
        declared(file, OWNER.verifier)
    file.write_text("{}")
    signature_file(file).write_text(sign("{}", OWNER))
    with pytest.raises(NotDeclared, match="needs the key"):
        declared(file, OWNER.verifier)
    for wrong in ("", "no signature\n"):
        signature_file(file).write_text(wrong)
        with pytest.raises(NotDeclared):
            declared(file, OWNER.verifier)


def test_the_command_makes_one_that_a_worker_takes(inventory: Path, tmp_path: Path) -> None:
    file = tmp_path / "made.json"
    words = ["fleet", "declare", str(inventory), "inside", "--key", "env:OWNER", "-o", str(file)]
    done = CliRunner(env={"OWNER": OWNER.secret()}).invoke(main, words)
    assert done.exit_code == 0, done.output
    assert {one.id for one in declared(file, OWNER.verifier).assets} == {"journal"}
    again = CliRunner(env={"OWNER": OWNER.secret()}).invoke(main, [*words[:3], "nowhere", *words[4:]])
    assert again.exit_code == 2
    assert "known: outside, inside" in again.output


def test_setup_gives_a_vantage_its_rights_and_keeps_its_password(inventory: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    environ = {"BROKER": "amqps://hub:p%40ss@rabbit.region.example:5671"}
    for _ in range(2):
        done = CliRunner(env=environ).invoke(main, ["fleet", "setup", str(inventory), str(given)])
        assert done.exit_code == 0, done.output
    first = (given / "inside.broker").read_text()
    assert first.startswith("amqps://leftopen-inside:")
    assert first.strip().endswith("@rabbit.region.example:5671/inside")
    assert (given / "inside.broker").stat().st_mode & 0o077 == 0
    made = json.loads((given / "definitions.json").read_text())
    assert first.split(":")[2].partition("@")[0] not in json.dumps(made), "a password lies in the clear"
    rights = {(one["user"], one["vhost"]): one for one in made["permissions"]}
    assert set(rights) == {
        ("hub", "inside"),
        ("hub", "outside"),
        ("leftopen-inside", "inside"),
        ("leftopen-outside", "outside"),
    }
    mine = rights["leftopen-inside", "inside"]
    assert (mine["configure"], mine["write"], mine["read"]) == ("^$", "^results$", "^(looks|alone)$")
    bad = CliRunner(env={"BROKER": "rabbit.region.example"}).invoke(
        main, ["fleet", "setup", str(inventory), str(given)]
    )
    assert bad.exit_code == 2
    assert (given / "inside.broker").read_text() == first


def test_setup_says_how_a_vantage_is_taken_away_and_does_not_do_it(inventory: Path, tmp_path: Path) -> None:
    given, environ = tmp_path / "given", {"BROKER": "amqps://hub:p@rabbit.region.example:5671"}
    words = ["fleet", "setup", str(inventory), str(given)]
    assert "delete" not in CliRunner(env=environ).invoke(main, words).output, "both are declared"
    tree = yaml.safe_load(inventory.read_text())
    tree["vantages"] = [one for one in tree["vantages"] if one["id"] != "inside"]
    inventory.write_text(json.dumps(tree, default=str))
    done = CliRunner(env=environ).invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "rabbitmqctl delete_user leftopen-inside" in done.stderr
    assert "rabbitmqctl delete_vhost inside" in done.stderr
    assert "outside" not in done.stderr
    assert "inside" not in {one["name"] for one in json.loads((given / "definitions.json").read_text())["vhosts"]}
    assert (given / "inside.broker").exists()


def test_a_network_has_one_vantage(inventory: Path) -> None:
    tree = yaml.safe_load(inventory.read_text())
    tree["vantages"][0]["network"] = tree["vantages"][1]["network"]
    inventory.write_text(yaml.safe_dump(tree))
    done = CliRunner().invoke(main, ["check", str(inventory)])
    assert done.exit_code == 2
    assert "network 'sjunet' has a vantage already" in done.output


@pytest.mark.parametrize("command", [["worker", "--broker", "env:B"], ["gate", "work", "--url", "https://g.example"]])
def test_a_public_key_may_lie_in_a_file_and_a_wrong_one_names_its_option(tmp_path: Path, command: list[str]) -> None:
    file, key = tmp_path / "owner.pub", tmp_path / "declaration.json"
    key.write_text("{}")
    file.write_text(f"{OWNER.verifier}\n")
    words = [*command, str(key), "--key", "env:OWN", "--hub", str(OTHER.verifier)]
    option = "--unsent" if command[0] == "gate" else "--refused"
    words += [option, str(tmp_path / "kept")]
    for given, said in ((file.name, "--owner: a key is written"), (f"file:{file}", "declaration.json.sig")):
        environ = {"OWN": KEYS["inside"].secret(), "B": "amqps://a:b@rabbit.example:5671"}
        done = CliRunner(env=environ).invoke(main, [*words, "--owner", given])
        assert (done.exit_code, said in done.output) == (2, True), done.output
