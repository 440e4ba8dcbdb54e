"""What leaves is masked: names, paths, numbers and free text, whatever is put in."""

from __future__ import annotations

import re
import string
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.people.masking import mask_name, mask_number, mask_path, mask_text
from tests.speed import within


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("out-0701740605-101-20260101.wav", "out-07xxxxxxxx-xxx-xxxxxxxx.wav"),
        ("070-174 06 05.WAV.mp3", "07x-xxx xx xx.wav.mp3"),
        ("%2B46701740605.wav", "+46xxxxxxxxx.wav"),
        ("%30%37%30%31%37%34%30%36%30%35.wav", "07xxxxxxxx.wav"),
        ("０７０１７４０６０５.wav", "07xxxxxxxx.wav"),
        ("٠٧٠١٧٤٠٦٠٥.mp3", "07xxxxxxxx.mp3"),
        ("journal_18991212-1212.pdf", "journal_18xxxxxx-xxxx.pdf"),
        ("Anna Example.pdf", "….pdf"),
        ("anna.example@example.com", "…"),
        ("Region Example - Customer 2018", "… - … 20xx"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301.tar.gz", "….tar.gz"),
        ("tel 07 in 01 out 74 ext 06 q 05.wav", "tel 07 in 01 out xx ext xx q xx.wav"),
        ("msg0000.txt", "msg00xx.txt"),
        ("2019", "2019"),
        ("1945", "19xx"),
        ("recordings", "recordings"),
        ("a\u202egpj.exe", "…"),
        ("<script>alert(1)</script>.html", "…(1)….html"),
        (".env", ".env"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        ("/recordings/2026/01/31/out-0701740605.wav", "/recordings/2026/01/31/out-07xxxxxxxx.wav"),
        ("/070/174/06/05/", "/07x/xxx/xx/xx/"),
        ("/Customer AB/2019/", "/…/2019/"),
        ("/a/call.php?id=0701740605", "/…/call.php?…"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_paths(path: str, masked: str) -> None:
    assert mask_path(path) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("0701740605", "07xxxxxxxx"), ("18991212-1212", "18xxxxxx-xxxx"), ("+46 70 174 06 05", "+46 xx xxx xx xx"),
     ("131099-308T", "13xxxx-xxxx")],
)  # fmt: skip
def test_numbers(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call 070-174 06 05 now", "call 07x-xxx xx xx now"),
        ("call +46 (0)70-174 06 05", "call +46 (x)xx-xxx xx xx"),
        ("born 18991212-1212", "born 18xxxxxx-xxxx"),
        ("18991212\u20111212", "18xxxxxx\u2010xxxx"),
        ("id 131099-308T", "id 13xxxx-xxxT"),
        ("2026-01-31T10:15:00Z, 2,700,000 files", "2026-01-31T10:15:00Z, 2,700,000 files"),
        ("2026-01-31-1234", "20xx-xx-xx-xxxx"),
        ("to anna@example.com", "to …"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07end", "red end"),
        ("<b onclick='x'>&\"`", "‹b onclick=’x’›+”’"),
        ("a\r\nb\tc\u202ed\u200be\x00", "a b cde"),
        ("", ""),
    ],
)
def test_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked


HOSTILE = st.text(max_size=80) | st.text(
    alphabet=st.sampled_from(string.digits + "-+ ./_%()@<>&\x1b[\x07\u202e\u0661\uff11aZ…¹²٣"), max_size=80
)


def harmless(masked: str) -> None:
    assert not re.search(r"\d{7}", masked)
    assert not [char for char in masked if unicodedata.category(char)[0] == "C" or char in "<>&\"'\u2028\u2029"]


@given(HOSTILE)
def test_nothing_dangerous_survives(text: str) -> None:
    for masked in (mask_name(text), mask_path(text), mask_text(text), mask_number(text)):
        harmless(masked)
    # Masking what is masked changes nothing that a person would see as a number.
    harmless(mask_text(mask_text(text)))


@given(
    st.lists(st.sampled_from(string.digits), min_size=7, max_size=16), st.sampled_from(["", "-", " ", ".", "_", " - "])
)
def test_no_more_than_two_digits_of_a_number_are_told(digits: list[str], between: str) -> None:
    number = between.join(digits)
    for masked in (
        mask_name(f"in-{number}.wav"),
        mask_text(f"said {number}!"),
        mask_path(f"/x/{number}/"),
        mask_number(number),
    ):
        assert sum(char.isdigit() for char in masked) == 2


@given(st.text(alphabet=string.ascii_letters + "åäöÅÄÖéü -_.", min_size=4, max_size=60))
def test_words_that_are_not_ours_do_not_leave(words: str) -> None:
    kept = re.findall(r"\w+", mask_name(f"zq{words}zq"))
    assert not any(word.startswith("zq") or word.endswith("zq") for word in kept)


@pytest.mark.parametrize(
    "part", ["1", "1-", "\x1b[", "\x1b]", "a@", "@", "%25", " ", "<", "é", "1 ", "2026-01-01-", "."]
)
def test_time_and_length_are_bounded(part: str) -> None:
    begun = time.process_time()
    for mask in (mask_name, mask_path, mask_text, mask_number):
        assert len(mask(part * 200_000)) <= 4010
    assert within(time.process_time() - begun, 2)
