"""The canaries of a dispatch by real servers: letters sent over SMTP, and read over IMAP from Dovecot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from probes.api import Clear
from tests.probes.dispatch.test_dispatch import CASES, NINE, SECRETS, verdicts, watched
from tests.servers.dispatching import RECALLED

pytestmark = pytest.mark.slow


async def test_canaries_1_to_6_by_a_real_mail_server_as_in_the_incidents_and_after_the_fix(tmp_path: Path) -> None:
    environ = {**SECRETS, "T_RECALLED": RECALLED}
    recalled = {"id": "recalled", "token": "env:T_RECALLED", "to": "a", "recalled": "8h"}
    async with watched(tmp_path, environ, imap=True, cases=[*CASES, recalled], every="1d") as it:
        mail = tmp_path / "mail"
        it.routine.takes_back = it.routine.attaches_all = it.routine.misreads_number = True
        it.routine.keeps_address = it.routine.completes_wrongly = True
        it.routine.dispatch()
        it.set_to(NINE + timedelta(hours=9))
        seen = verdicts(await it.app.round())
        assert {case: one.why.value for case, one in seen.items()} == {
            "decision-a": "undeclared-attachments",
            "wrong-digit": "misdirected",
            "moved": "misdirected",
            "look-alike": "misdirected",
            "recalled": "not-recalled",
        }
        it.routine.attaches_all = it.routine.misreads_number = False
        it.routine.keeps_address = it.routine.completes_wrongly = False
        it.set_to(NINE + timedelta(days=1))
        it.routine.dispatch()
        it.set_to(NINE + timedelta(days=1, hours=5))
        await it.app.round()
        it.routine.recall(mail)
        it.set_to(NINE + timedelta(days=1, hours=9))
        seen = verdicts(await it.app.round())
        assert {case: type(one) for case, one in seen.items()} == dict.fromkeys(seen, Clear)
