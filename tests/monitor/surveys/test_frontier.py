"""Every folder once, in any order and after any cut; traps end, honest repeats do not."""

from __future__ import annotations

import base64
import hashlib
import random
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.surveys.web import frontier
from monitor.surveys.web.frontier import BARREN, DEEPEST, MOST_QUERIES, Folder, Frontier

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=6)
TREES: st.SearchStrategy[dict[str, object]] = st.recursive(
    st.just({}), lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=25
)


def key_of(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).digest()


def paths(tree: dict[str, object], base: str = "/") -> set[str]:
    """Every folder of a tree of names."""
    found = {base}
    for name, inner in tree.items():
        if name not in (".", ".."):
            assert isinstance(inner, dict)
            found |= paths(inner, f"{base}{quote(name, safe='')}/")
    return found


def children(all_of_them: set[str], path: str) -> list[str]:
    return sorted(one for one in all_of_them if one != path and one[:-1].rpartition("/")[0] + "/" == path)


def walk(waiting: Frontier, all_of_them: set[str], read: list[str], steps: int | None = None) -> None:
    while len(waiting) and (steps is None or steps > 0):
        folder = waiting.next()
        assert folder is not None
        read.append(folder.path)
        for child in children(all_of_them, folder.path):
            waiting.add(Folder(child, depth=folder.depth + 1))
            waiting.add(Folder(child, depth=folder.depth + 1))
        steps = None if steps is None else steps - 1


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_every_folder_once(tree: dict[str, object]) -> None:
    everything, read = paths(tree), list[str]()
    waiting = Frontier(key_of)
    waiting.add(Folder("/"))
    walk(waiting, everything, read)
    assert sorted(read) == sorted(everything)


@given(TREES, st.integers(0, 30), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_resumed_at_any_cut_the_same_folders_are_read(tree: dict[str, object], cut: int, chance: random.Random) -> None:
    everything, read = paths(tree), list[str]()
    first = Frontier(key_of)
    first.add(Folder("/"))
    walk(first, everything, read, cut)
    # All that was found is on file, in no order that matters, and what was read is known by its key.
    found = sorted({child for path in read for child in children(everything, path)} | {"/"})
    chance.shuffle(found)
    done = {first.key(path) for path in read}
    second = Frontier(key_of, done)
    for path in found:
        second.restore(Folder(path), done)
    walk(second, everything, read)
    assert sorted(read) == sorted(everything)


@pytest.mark.parametrize(
    ("one", "other"),
    [("/a%2Bb/", "/a+b/"), ("/s%C3%B6n/", "/s%c3%b6n/"), ("/x/", "/x"), ("/%61/", "/a/"), ("/%F6/", "/%f6/")],
)
def test_two_spellings_are_one_folder(one: str, other: str) -> None:
    waiting = Frontier(key_of)
    assert waiting.add(Folder(one))
    assert not waiting.add(Folder(other))


@pytest.mark.parametrize(
    ("one", "other"), [("/a/", "/A/"), ("/a%20b/", "/a+b/"), ("/a%3Fb/", "/a?b"), ("/%2520/", "/%20/")]
)
def test_two_folders_are_not_one(one: str, other: str) -> None:
    waiting = Frontier(key_of)
    assert waiting.add(Folder(one))
    assert waiting.add(Folder(other))


def test_a_tree_without_an_end_ends() -> None:
    waiting, depth, path = Frontier(key_of), 0, "/"
    while waiting.add(Folder(path, depth=depth)):
        folder = waiting.next()
        assert folder is not None
        path, depth = f"{path}d{depth}/", depth + 1
    assert depth == DEEPEST + 1
    assert waiting.traps == {"deeper than honest trees are": 1}


def test_links_that_differ_in_their_query_end() -> None:
    waiting = Frontier(key_of)
    taken = [waiting.add(Folder(f"/calendar/?month={n}")) for n in range(MOST_QUERIES + 9)]
    assert sum(taken) == MOST_QUERIES
    assert sum(waiting.traps.values()) == 9
    assert waiting.add(Folder("/calendar/2019/"))


def test_a_folder_that_contains_itself_is_entered_twice_and_no_more() -> None:
    waiting, digest = Frontier(key_of), b"same"
    above: tuple[bytes, ...] = ()
    entered = []
    for depth in range(6):
        path = "/disk/" + "loop/" * depth
        entered.append(waiting.read(Folder(path, depth=depth, above=above), digest, files=3, folders=2))
        above = (*above, digest)
    assert entered.index(False) == 2
    assert any("contains itself" in why for why in waiting.traps)


def test_honest_repeats_are_no_loop() -> None:
    waiting = Frontier(key_of)
    # The same album in every day, and days that are named as their month.
    for day in range(1, 20):
        assert waiting.read(Folder(f"/2019-01-{day:02d}/128/", above=(b"top", b"year")), b"album", files=3, folders=1)
        assert waiting.read(
            Folder(f"/2019/01/{day:02d}/", above=(b"top", b"year", b"month")), b"day", files=0, folders=24
        )
    # Shelves that are alike over four levels.
    above: tuple[bytes, ...] = ()
    for path in ("/", "/0/", "/0/0/", "/0/0/0/"):
        assert waiting.read(Folder(path, above=above), b"0 to f", files=0, folders=16)
        above = (*above, b"0 to f")
    assert not waiting.traps


def test_years_that_stand_empty_do_not_end_the_walk() -> None:
    waiting = Frontier(key_of)
    for day in range(3 * 365):
        assert waiting.read(Folder(f"/2016/{day}/"), b"", files=0, folders=0)
    assert waiting.read(Folder("/2019/"), b"", files=0, folders=12)
    assert not waiting.traps


def test_folders_upon_folders_without_a_file_do() -> None:
    waiting = Frontier(key_of)
    entered = [waiting.read(Folder(f"/{n}/"), n.to_bytes(4), files=0, folders=2) for n in range(BARREN + 5)]
    assert entered.count(False) == 6
    assert waiting.read(Folder("/found/"), b"new", files=1, folders=1)
    assert str(frontier.BARREN) in next(iter(waiting.traps))


def test_a_page_of_folders_without_an_end_is_bounded_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "MOST_WAITING", 100)
    waiting = Frontier(key_of)
    assert sum(waiting.add(Folder(f"/{n}/")) for n in range(500)) == 100
    assert sum(waiting.traps.values()) == 400
    assert waiting.next() is not None
    assert waiting.add(Folder("/more/"))


@pytest.mark.parametrize(
    ("parent", "child", "taken"),
    [
        ("/list.php", "/list.php?dir=a{n}", 200),
        ("/list.php?dir=a", "/list.php?dir=a/b{n}", 200),
        ("/list.php?dir=YQ==", "/list.php?dir=base64:a/b{n}", 200),
        ("/cal/?month=7", "/cal/?month={n}", MOST_QUERIES),
        ("/x/?sid=abcdef", "/x/?sid=uvw{n:03d}", MOST_QUERIES),
        ("/", "/other.php?dir={n}", MOST_QUERIES + 136),
    ],
)
def test_a_scripts_folders_are_no_calendar(parent: str, child: str, taken: int) -> None:
    waiting = Frontier(key_of)
    added = []
    for n in range(10, 210):
        link, mark, plain = child.format(n=n).partition("base64:")
        added.append(waiting.add(Folder(link + base64.b64encode(plain.encode()).decode() * bool(mark), parent=parent)))
    assert abs(sum(added) - taken) <= 20
