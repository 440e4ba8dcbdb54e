"""What stands beside the rows of a listing, folders that only a class tells, and lists as rsync writes them."""

from __future__ import annotations

import pytest

from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from tests.probes.recognise.test_kinds_of_pages import HOST, shown

HEAD = "<html><head><title>Index of /rec</title></head><body><h1>Index of /rec</h1>"
TABLE = '<table><tr><td><a href="a/">a/</a><td>{}-<tr><td><a href="a.log">a.log</a><td>{}12K</table>'
ROWS = {
    "preformatted": '<pre><a href="a/">a/</a> 4-Mar-2019 10:11 -\n<a href="a.log">a.log</a> 4-Mar-2019 10:11 12K</pre>',
    "table": TABLE.format(*["2019-03-04<td>"] * 2),
    "headed": TABLE.format("", "").replace("<table>", "<table><tr><th>Name<th>Size"),
}


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize(
    "beside", ['<ol><li><a href="/rec/a.log">a.log</a></li></ol>', '<ul><li><a href="a/">a/</a></ul>']
)
def test_a_list_beside_the_rows_is_not_the_listing(kind: str, beside: str) -> None:
    assert shown(f"{HEAD}{ROWS[kind]}<h2>Most wanted</h2>{beside}") == ["d a", f"f a.log {12 << 10}"]


@pytest.mark.parametrize(
    "beside",
    [
        '<div class="aside"><a href="/rec/2019/">2019/</a> <a href="/rec/2020/">2020/</a></div>',
        '<dl><dt><a href="2019/">2019</a></dl>',
        '<p>See <a href="2019/">2019/</a> as well</p>',
    ],
)
def test_folders_that_were_not_read_make_a_listing_partial(beside: str) -> None:
    rows = "".join(f'<li><a href="{one}">{one}</a></li>' for one in ("b.wav", "c.wav", "d.wav"))
    found = recognise(f"{HEAD}<ul>{rows}</ul>{beside}".encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    names = {one.name for one in found.entries}
    assert "2019" in names or found.partial == "links that were not read as entries"


def test_words_of_a_menu_beside_folders_make_nothing_partial() -> None:
    rows = '<li><a href="b.wav">b.wav</a></li><li><a href="c/">c/</a></li><li><a href="d.wav">d.wav</a></li>'
    menu = '<p><a href="/rec/help/">help</a></p>'
    found = recognise(f"{HEAD}<ul>{rows}</ul>{menu}".encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    assert found.partial == ""


TREE = (
    "<html><head><title>{}</title></head><body><h2>Files</h2><ul><li>audio<ul>"
    '<li><a href="/rec/audio/a.wav">a.wav</a></li><li><a href="/rec/audio/b.wav">b.wav</a></li></ul></li>'
    '<li>docs<ul><li><a href="/rec/docs/c.pdf">c.pdf</a></li></ul></li>{}</ul></body></html>'
)


@pytest.mark.parametrize("title", ["Files", "Index of /rec"])
@pytest.mark.parametrize(
    "files",
    [
        '<li><a href="/rec/readme.txt">readme.txt</a></li>',
        '<li><a href="/rec/readme.txt">readme.txt</a></li><li><a href="/rec/d.zip">d.zip</a></li>',
    ],
)
def test_a_tree_whose_files_were_not_all_read_is_partial(title: str, files: str) -> None:
    found = recognise(TREE.format(title, files).encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    below = {one.name for one in found.entries} & {"audio", "docs"}
    assert len(below) == 2 or found.partial == "files in folders that were not read"


@pytest.mark.parametrize(
    ("name", "href", "foot", "partial"),
    [
        ("c.wav", "https://media.example/store/c.wav", "", "files on another host"),
        ("LICENSE", "//media.example/pub/rec/LICENSE", "", "files on another host"),
        ("c.wav", "c.wav", '<a href="https://nginx.org">nginx.org</a> <a href="https://media.example/">m.wav</a>', ""),
        ("c.wav", "c.wav", '<a href="https://media.example/help/Licence">Licence</a>', ""),
    ],
)
def test_files_on_another_host_make_a_listing_partial(name: str, href: str, foot: str, partial: str) -> None:
    rows = "".join(f'<li><a href="{to}">{one}</a></li>' for one, to in (("a/", "a/"), ("b.wav", "b.wav"), (name, href)))
    found = recognise(f"{HEAD}<ul>{rows}</ul>{foot}".encode(), f"{HOST}/rec/")
    assert isinstance(found, Listing)
    assert found.partial == partial


def boxes(outer: str, inner: str, names: tuple[str, ...] = ("billing", "accounts", "devices")) -> str:
    return "".join(f'<{outer}><a href="{one}">{inner.format(one)}</a></{outer.split()[0]}>' for one in names)


@pytest.mark.parametrize("outer", ['div class="folder-item"', 'li class="folder"', 'div class="kbFolderItem"'])
def test_words_in_elements_of_folders_alone_are_no_listing(outer: str) -> None:
    page = "<title>{0}</title><h1>{0}</h1>{1}"
    assert shown(page.format("Help centre", boxes(outer, "{}")), "/help/") == []
    # A title with the path, a slash or an icon says more than a class.
    three = ["d accounts", "d billing", "d devices"]
    assert shown(page.format("Index of /help/", boxes(outer, "{}")), "/help/") == three
    assert shown(page.format("Help centre", boxes(outer, '<img src="/i/folder.png">{}')), "/help/") == three
    slashed = boxes(outer, "{}", ("billing/", "accounts/", "devices/"))
    assert shown(page.format("Help centre", slashed), "/help/") == three


RSYNC = """drwxr-xr-x          4,096 2019/03/04 10:11:12 .
drwxr-xr-x          4,096 2019/03/04 10:11:12 sub
-rw-r--r--      1,204,112 2019/03/04 10:11:12 big file.bin
lrwxrwxrwx             10 2019/03/04 10:11:12 last.bin -> big file.bin
"""


@pytest.mark.parametrize("text", [RSYNC, RSYNC.replace(",", ""), RSYNC.replace("sub", "sub/").replace("\n", "\r\n")])
def test_what_rsync_lists_is_read(text: str) -> None:
    assert shown(text) == ["d sub", "f big file.bin 1204112", "f last.bin 10"]


@pytest.mark.parametrize(
    "line",
    [
        "-rw-r--r-- 1,204 on 2019/03/04 somebody wrote this line\n",
        "rw-r--r--  4,096 2019/03/04 10:11:12 note\n",
        "-rw-r--r--  4,09 2019/03/04 10:11:12 note\n",
    ],
)
def test_lines_that_only_begin_as_those_of_rsync_are_none(line: str) -> None:
    assert shown(line * 4) == []
