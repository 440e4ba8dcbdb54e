"""What counts as a recorded call, and how many calls some files are: the same rule in any chunks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.findings.reach.recorded_calls import CallCount, is_recorded_call

AT = "20181121-140512"


def counted(*names: str, folder: str = "/x/", size: int = 1000) -> tuple[int, int]:
    """Sounds and calls of a folder with these names, counted in chunks of `size`."""
    count = CallCount(folder)
    for first in range(0, len(names), size):
        count.add([name.encode() for name in names[first : first + size]])
    return count.sounds, count.calls


@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize(
    ("names", "sounds", "calls"),
    [
        (("a.wav", "b.wav"), 2, 0),
        (("01 - Song.mp3", "02 - Song.mp3", "01 - Song.flac"), 2, 0),
        ((f"a-{AT}.wav", f"b-{AT}.wav"), 2, 2),
        ((f"a-{AT}.mp3", f"a-{AT}.wav", f"b-{AT}.wav"), 2, 2),
        ((f"a-{AT}.WAV", f"a-{AT}.mp3"), 1, 1),
        ((f"a-{AT}-in.wav", f"a-{AT}-out.wav"), 1, 1),
        (("in-0701740605-1177-20181121-140512-1542805512.1.wav", "out-2-1-20181121-140512-1542805512.1.mp3"), 1, 1),
        (("song.mp3", f"a-{AT}.wav"), 2, 1),
        (("0b1e0b6e-8a4c-4b55-9d1f-6c2a8f9f0a11.wav", "1b1e0b6e-8a4c-4b55-9d1f-6c2a8f9f0a12.wav"), 2, 2),
        (("msg0000.wav", "msg0001.wav", "msg0001.gsm"), 2, 2),
    ],
)
def test_a_recorders_names_are_calls_and_music_is_not(
    names: tuple[str, ...], sounds: int, calls: int, size: int
) -> None:
    assert counted(*names, size=size) == (sounds, calls)


@pytest.mark.parametrize(("folder", "calls"), [("/rec/", 1), ("/moh/", 0), ("/var/sounds/", 0), ("/2018/11/21/", 1)])
def test_the_folder_says_that_sounds_are_no_calls(folder: str, calls: int) -> None:
    assert counted(f"a-{AT}.wav", folder=folder)[1] == calls
    assert is_recorded_call(f"{folder}a-{AT}.wav") == bool(calls)


def test_the_day_may_stand_in_the_folder_alone() -> None:
    assert counted("101112-0701.wav", folder="/medicall/2018/11/21/") == (1, 1)
    assert counted("101112-0701.wav", folder="/medicall/") == (1, 0)


NAMES = st.lists(
    st.one_of(
        st.builds(lambda n, ext: f"in-{n:04d}-{AT}.{ext}", st.integers(0, 30), st.sampled_from(["wav", "mp3"])),
        st.builds(lambda n, side: f"c{n}-{AT}-{side}.wav", st.integers(0, 9), st.sampled_from(["in", "out"])),
        st.builds(lambda n: f"Song {n}.mp3", st.integers(0, 30)),
        st.text("ab\n-.%7", min_size=1, max_size=8).map(lambda text: text + ".wav"),
    ),
    unique=True,
    min_size=1,
    max_size=40,
)


@given(NAMES, st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_chunks_change_nothing(names: list[str], size: int) -> None:
    assert counted(*names, size=size) == counted(*names)


def test_a_million_calls_of_one_folder_are_counted_and_not_kept() -> None:
    count = CallCount("/day/")
    for first in range(0, 200_000, 5000):
        count.add([f"in-{n:07d}-{AT}.wav".encode() for n in range(first, first + 5000)])
    assert (count.sounds, count.calls) == (200_000, 200_000)
    assert len(count._keys) <= 55_000
