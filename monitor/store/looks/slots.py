"""The slots of a day: in which five minutes of it something was looked at, as the bits of a number. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

SLOT = timedelta(minutes=5)
"""One slot. A day (UTC) has 288 of them; the first bit, of value 1, stands for 00:00 to 00:05."""

_EPOCH = date(1970, 1, 1)
SECONDS = int(SLOT.total_seconds())
OF_A_DAY = 86400 // SECONDS


def day_and_second(at: datetime) -> tuple[int, int]:
    """The day of a time, counted from 1970-01-01 in UTC, and the second of that day."""
    return divmod(int(at.timestamp()), 86400)


def date_of(day: int) -> date:
    """The date of a day that `day_and_second` counted."""
    return _EPOCH + timedelta(days=day)


def day_of(on: date) -> int:
    """The number of a date, as `day_and_second` counts."""
    return (on - _EPOCH).days


def moment(on: date, second: int) -> datetime:
    """The time of a second of a day (UTC)."""
    return datetime.combine(on, time(), UTC) + timedelta(seconds=second)


def bit_of(second: int) -> int:
    """The number with the one bit of the slot in which a second of the day lies."""
    return 1 << second // SECONDS


def pack(slots: int) -> bytes:
    """Slots as they are stored: how many empty bytes come first, then the bytes up to the last one that has a bit."""
    if not slots:
        return b""
    empty = ((slots & -slots).bit_length() - 1) // 8
    rest = slots >> 8 * empty
    return bytes([empty]) + rest.to_bytes((rest.bit_length() + 7) // 8, "little")


def unpack(stored: bytes) -> int:
    """The slots that `pack` stored."""
    return int.from_bytes(stored[1:], "little") << 8 * stored[0] if stored else 0


def numbers(slots: int) -> Iterator[int]:
    """The numbers of the slots whose bit is set, in their order, from 0 to 287."""
    while slots:
        lowest = slots & -slots
        yield lowest.bit_length() - 1
        slots ^= lowest


def longest_between(slots: int) -> timedelta:
    """The longest time between two slots with a bit and none between them; to within one slot. None: zero."""
    longest, before = 0, None
    for number in numbers(slots):
        longest = max(longest, number - before if before is not None else 0)
        before = number
    return longest * SLOT
