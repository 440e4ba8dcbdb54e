"""A worker knows after a restart which passwords were refused, and takes a changed declaration on once it is whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.fleet.declaration import signature_file
from monitor.fleet.looker import Looker
from monitor.rounds.batch.values import Batch, BatchResult, batch_to_json
from monitor.store.files.refused_file import RefusedFile
from tests.monitor.fleet.parts import Fleet
from tests.probes.eservices.test_form_sign_in import ACCOUNTS, FORMS, SIGN_IN, sent
from tests.probes.eservices.test_role_matrix import CANARIES, LIST, SECRETS
from tests.servers.benefits import benefits


async def test_a_wrong_password_is_not_sent_again_by_the_next_worker(tmp_path: Path) -> None:
    async with benefits() as portal:
        roles = {"port": portal.port, "tls": False, "subjects": FORMS, "canaries": CANARIES, "rules": [LIST]}
        host = {"id": "portal", "host": "portal.test", "addresses": ["127.0.0.1"], "ports": [portal.port]}
        fleet = Fleet(tmp_path, "", tmp_path)
        fleet.write([{**host, "roles": {**roles, "sign_in": SIGN_IN}}], {"outside": "internet"})
        declaration = tmp_path / "outside.json"
        environ = {**SECRETS, **ACCOUNTS, "FORM_B": "b:wrong-password"}

        def worker(number: int) -> BatchResult:
            """One worker, from its start to its end, that looks at one batch."""
            memory = RefusedFile(tmp_path / "refused", fleet.keys["outside"].secret())
            looker = Looker(declaration, fleet.owner.verifier, environ, memory)
            looker.start()
            try:
                return looker.look(batch_to_json(Batch(f"b{number}", 1, 60.0, ("portal",), "x1")))
            finally:
                looker.stop()

        for number in range(2):
            assert (await asyncio.to_thread(worker, number)).looked == ("portal",)
        assert sent(portal) == ["a", "a", "b"]


async def test_a_declaration_whose_signature_comes_after_it_is_taken_on_with_that(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, "", tmp_path)
    fleet.write([{"id": "a", "host": "127.0.0.1", "ports": [1]}], {"outside": "internet"})
    file, memory = tmp_path / "outside.json", RefusedFile(tmp_path / "refused", "key")
    looker = Looker(file, fleet.owner.verifier, {}, memory)
    signed = signature_file(file).read_text()
    fleet.write([{"id": n, "host": f"127.0.0.{n}", "ports": [1]} for n in ("1", "2")], {"outside": "internet"})
    new = signature_file(file).read_text()
    # As it is copied: first the one file, then a batch comes, then the other.
    signature_file(file).write_text(signed)
    looker._reload()
    assert [one.id for one in looker.vantage.inventory.assets] == ["a"]
    signature_file(file).write_text(new)
    looker._reload()
    assert [one.id for one in looker.vantage.inventory.assets] == ["1", "2"]
