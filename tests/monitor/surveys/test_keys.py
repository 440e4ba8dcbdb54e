"""A bucket is listed whole, each key once, by many at once and by all ways that stores know."""

from __future__ import annotations

import random
import uuid
from itertools import count

import pytest

from probes.api import Dialect
from probes.buckets.dialects import object_path
from probes.recognise.buckets.swift import container_page
from tests.monitor.surveys.buckets import HOSTILE, Store, listed, listing, seen, serving, whole

CHANCE = random.Random(20190216)


def _uuid() -> str:
    return str(uuid.UUID(int=CHANCE.getrandbits(128)))


def tree(number: int) -> list[bytes]:
    return [
        f"recordings/{2015 + n % 5}/{n // 5 % 12 + 1:02d}/{n // 60 % 28 + 1:02d}/{_uuid()}.wav".encode()
        for n in range(number)
    ]


LAYOUTS = {
    "tree": tree(6000),
    "flat": [f"{_uuid()}.wav".encode() for _ in range(6000)],
    "sequence": [f"calls/in-{n:010d}.wav".encode() for n in range(6000)],
    "ninety": [(f"calls/{_uuid()}.wav" if n % 10 else f"x{n % 70:02d}/{_uuid()}.wav").encode() for n in range(6000)],
    "words": [f"{a}{b}/{a}ö{b} {n}.mp3".encode() for n in range(60) for a in "aeiåäö" for b in "klmnrst一二"],
    "hostile": [key.encode() for key in HOSTILE],
    "one": [b"one.wav"],
    "empty": [],
}  # fmt: skip


def folders(keys: list[bytes]) -> int:
    """Folders of some keys, counted one by one."""
    return len({key[: at + 1] for key in keys for at, byte in enumerate(key) if byte == ord("/")})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dialect", list(Dialect))
async def test_every_layout_in_every_dialect(layout: str, dialect: Dialect) -> None:
    keys = [key for key in LAYOUTS[layout] if dialect is not Dialect.AZURE or b"\x01" not in key]
    store = Store(keys, dialect, delay=0.002)
    done = await listed(store, most=8)
    whole(done, store)
    assert done.tally.folders == folders(keys)
    assert sum(files for files, _ in done.objects.prefixes.counts.values()) == len(keys)
    assert len(store.asked) < len(keys) / 100 * 2.5 + (80 if dialect is not Dialect.AZURE else 500)


@pytest.mark.parametrize("layout", ["tree", "flat", "sequence", "ninety"])
async def test_many_read_at_once(layout: str) -> None:
    store = Store(LAYOUTS[layout], delay=0.03)
    waiting = most = 0

    answer = store.answer

    async def counted(request):  # type: ignore[no-untyped-def]
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        try:
            return await answer(request)
        finally:
            waiting -= 1

    store.answer = counted  # type: ignore[method-assign]
    done = await listed(store, most=16)
    whole(done, store)
    assert most >= 3  # one at a time would be 1; a busy machine does not keep all sixteen waiting


async def test_hints_part_it_from_the_beginning() -> None:
    store = Store(LAYOUTS["flat"], delay=0.005)
    first = await listed(store)
    marks = tuple(first.objects.marks)
    assert len(marks) >= 50
    whole(await listed(store, hints=marks[::8]), store)
    whole(await listed(store, hints=("😀".encode(), b"\xff", b"zz", b"", marks[0])), store)


async def test_a_prefix_alone() -> None:
    store = Store([*LAYOUTS["tree"], b"recordings/2017", b"recordings/2017x"])
    done = await listed(store, prefix=b"recordings/2017/")
    assert done.partial == ()
    assert seen(done) == sorted(key for key in store.keys if key.startswith(b"recordings/2017/"))


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_hostile_keys_come_back_and_can_be_asked_for(dialect: Dialect) -> None:
    keys = [key.encode() for key in HOSTILE if dialect is not Dialect.AZURE or "\x01" not in key]
    store = Store(keys, dialect, page=3)
    done = await listed(store)
    whole(done, store)
    paths = {object_path(store.target, key) for key in seen(done)}
    assert len(paths) == len(keys)
    assert all(path.isascii() and path.isprintable() and " " not in path for path in paths)
    if dialect is not Dialect.OCI:
        assert {
            f"{store.target.root}/{name}" for name in ("b//c.wav", "d/../e.wav", "z%2541.wav", "trailing/")
        } <= paths


async def test_lone_surrogates_are_bytes_as_others() -> None:
    pair = [b"\xed\xa0\xbd.wav", b"\xed\xb8\x80.wav", "\uffee".encode(), b"a"]
    whole(await listed(Store(pair, Dialect.SWIFT, page=1)), Store(pair))
    page = container_page(b'[{"name": "\\ud83d.wav", "bytes": 1, "hash": "h", "last_modified": ""}]')
    assert page is not None
    assert page.keys == pair[:1]


@pytest.mark.parametrize("page", [1, 2, 7])
async def test_a_page_that_ends_on_a_border_loses_and_doubles_nothing(page: int) -> None:
    keys = [f"a/{first}{second}".encode() for first in "abc0/" for second in ("", "/", "/0", "0", "0/", "x")]
    for dialect in Dialect:
        store = Store(keys, dialect, page=page)
        whole(await listed(store, most=4, hints=(b"a/a", b"a/a/", b"a/b0", b"a/b0/", b"a/c")), store)


async def test_short_pages() -> None:
    for dialect in (Dialect.S3, Dialect.SWIFT, Dialect.GCS):
        store = Store(LAYOUTS["tree"][:1500], dialect, short=random.Random(1))
        whole(await listed(store), store)


async def test_a_swift_listing_ends_with_an_empty_page_alone() -> None:
    store = Store(LAYOUTS["flat"][:250], Dialect.SWIFT, page=1000)
    whole(await listed(store), store)
    assert len(store.asked) >= 2


async def test_no_key_is_in_what_is_said() -> None:
    store = Store(LAYOUTS["tree"][:300])
    async with serving(store), listing(store) as keys:
        pages = keys._pages
        said = []
        ask = pages.read

        async def read(request, feed=None):  # type: ignore[no-untyped-def]
            said.append(request.said)
            return await ask(request, feed)

        pages.read = read  # type: ignore[method-assign]
        await keys.run()
    assert set(said) == {"{keys}"}


async def test_months_kinds_and_calls() -> None:
    both = [f"a/{n:04d}.{ending}".encode() for n in range(500) for ending in ("mp3", "wav")]
    done = await listed(Store(both, page=33))
    # A border of a range may part a call in two formats.
    assert 500 <= done.tally.sounds <= 510
    assert done.tally.by_extension["wav"][0] == 500
    assert done.tally.months == {"2019-02": 1000}
    assert done.tally.exact == done.tally.sized == 1000
    number = count()
    assert len({next(number) for _ in done.objects.samples}) >= 2
