"""Thirty at once: whatever they try to do twice is done once, and each gets an answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp

from monitor.store.access.access_file import AccessFile
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations
from monitor.store.tables import actions
from tests.monitor.web.house import NOW
from tests.monitor.web.serving import Answer, site
from tests.monitor.web.test_acknowledge import get, house, link
from tests.monitor.web.test_act import act, done

THIRTY = 30


async def test_one_link_of_an_alert_makes_one_deed_with_one_name(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        answers = await asyncio.gather(*(get(link(letter), "POST", name=f"Person {n}") for n in range(THIRTY)))
        assert sum("Thank you" in page for _, page in answers) == 1
        id_ = letter.title.rpartition("(")[2].partition("/")[0]
        assert len(await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_))) == 1


async def test_thirty_people_who_saw_the_same_do_one_deed(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookies = [await at.signed_in("responder", "beta", f"Person {n}") for n in range(THIRTY)]
        answers = await asyncio.gather(*(act(at, one, "contain", key=f"k{n}") for n, one in enumerate(cookies)))
        assert sorted(one.status for one in answers) == [303] + [412] * (THIRTY - 1)
        assert len(await done(at)) == 1


async def test_an_invitation_is_taken_by_one_of_thirty(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        secret = await at.services.access(
            lambda file: file.invite("Anna Test", "viewer", "beta", at.clock(), timedelta(hours=1))
        )
        # From thirty addresses: what one address may try is limited before.
        answers = await asyncio.gather(*(_from(f"127.0.0.{n + 2}", f"{at.url}/invite/{secret}") for n in range(THIRTY)))
        assert sorted(one.status for one in answers) == [303] + [403] * (THIRTY - 1)
        (cookie,) = [one.headers["Set-Cookie"] for one in answers if one.status == 303]
        assert (await at.get("/", cookie.partition(";")[0])).status == 200


async def test_a_token_that_is_taken_back_is_of_no_use_to_any_of_thirty(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        made = [
            await at.services.access(
                lambda file, label=label: file.make_token(  # type: ignore[misc]
                    label, "viewer", "beta", ("findings:read",), at.clock(), at.clock() + timedelta(days=1)
                )
            )
            for label in ("same", "same")
        ]
        assert made[1] is None, "a label is of one token"
        bearer = {"Authorization": f"Bearer {made[0]}"}
        answers = await asyncio.gather(*(at.get("/api/v1/findings", headers=bearer) for _ in range(THIRTY)))
        assert {one.status for one in answers} == {200}
        await at.services.access(lambda file: file.revoke("same", at.clock()))
        answers = await asyncio.gather(*(at.get("/api/v1/findings", headers=bearer) for _ in range(THIRTY)))
        assert {one.status for one in answers} == {401}


def test_thirty_programs_that_open_the_file_redeem_a_link_once(tmp_path: Path) -> None:
    files = [AccessFile(tmp_path / "a.db") for _ in range(THIRTY)]
    secret = files[0].invite("Anna Test", "viewer", "beta", NOW, timedelta(hours=1))

    async def race() -> list[object]:
        return await asyncio.gather(*(asyncio.to_thread(file.accept, secret, NOW) for file in files))

    assert sum(one is not None for one in asyncio.run(race())) == 1


def test_a_channel_is_confirmed_once_by_thirty_answers(tmp_path: Path) -> None:
    ledgers = [Ledger(tmp_path / "a.db") for _ in range(THIRTY)]
    with ledgers[0].step():
        asked = confirmations.ask(ledgers[0], "c", "p", "d", NOW)

    def answer(ledger: Ledger) -> str:
        with ledger.step():
            return confirmations.confirm(ledger, asked, "Anna", NOW)

    async def race() -> list[str]:
        return await asyncio.gather(*(asyncio.to_thread(answer, one) for one in ledgers))

    assert sorted(asyncio.run(race())) == [""] + ["it has been answered already"] * (THIRTY - 1)
    assert len(ledgers[0].rows("SELECT 1 FROM confirmations WHERE act = 'confirmed'")) == 1


async def _from(address: str, url: str) -> Answer:
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(address, 0))) as session,
        session.post(url, headers=headers, allow_redirects=False) as answer,
    ):
        return Answer(answer.status, await answer.text(), answer.headers)
