"""Identifiers in names: check digits, order, the bulk test, and that nothing but counts and masks is kept."""

from __future__ import annotations

import pickle
import random
import re
import string
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.people import check_digits
from probes.recognise.people import tokens as reading
from probes.recognise.people.identifiers import Census, Identifier, NameCensus, tokens
from tests.speed import within

# All numbers are made up: births in the 1800s or at the turn of the last century, phones of the range kept for fiction.
PHONES = [f"07017406{last:02d}" for last in range(5, 100)]


def with_luhn(nine: str) -> str:
    return next(nine + digit for digit in string.digits if check_digits.luhn(nine + digit))


def born(chance: random.Random) -> str:
    """Day, month and a year of the last century, two digits each."""
    return f"{chance.randrange(1, 29):02d}{chance.randrange(1, 13):02d}{chance.randrange(40, 99)}"


def made_up(count: int, added_to_day: int = 0) -> list[str]:
    chance = random.Random(17)
    return [
        with_luhn(
            f"{chance.randrange(40, 99)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29) + added_to_day:02d}"
            f"{chance.randrange(1000):03d}"
        )
        for _ in range(count)
    ]


def census(names: list[str]) -> Census:
    counted = NameCensus()
    for name in names:
        counted.add(name)
    return counted.verdict()


def found(name: str) -> list[Identifier]:
    return [token.passes for token in tokens(name) if token.passes is not None]


def moments(form: str, count: int = 200) -> list[str]:
    chance = random.Random(5)
    first = datetime(2013, 1, 1)  # noqa: DTZ001  names have no zone
    return [(first + timedelta(seconds=chance.randrange(6 * 365 * 86400))).strftime(form) for _ in range(count)]


FORMS = [
    "%Y%m%d-%H%M", "%y%m%d-%H%M", "%d%m%y-%H%M", "%Y%m%d-%H%M%S", "%Y%m%d%H%M%S", "%y%m%d%H%M", "%d%m%y%H%M%S",
    "%Y-%m-%d_%H-%M-%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d", "%y%m%d_%H%M%S", "%s",
    "%s.12", "out-101-102-%Y%m%d-%H%M%S-%s.7",
    "%Y%m%d-%H%M%S_101-all", "auto-%s-1000-1004", "%Y%m%d%H%M%S_2", "rec%d%m%y%H%M",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_f1_200_timestamps_are_no_finding(form: str) -> None:
    told = census([f"{moment}.wav" for moment in moments(form)])
    assert told.claims == ()
    assert told.phones == 0
    assert [claim for claim in told.possible if claim.personal] == []


@pytest.mark.parametrize(
    "form", ["18{0}-{1}.pdf", "18{0}{1}.pdf", "{0}-{1}.pdf", "{0}{1}.pdf", "{0}+{1}", "a_18{0}-{1}_v2.doc"]
)
def test_f1_200_luhn_valid_numbers_are_a_finding(form: str) -> None:
    told = census([form.format(number[:6], number[6:]) for number in made_up(200)])
    (claim,) = told.claims
    assert claim.kind is Identifier.PERSONNUMMER
    assert claim.says == "personnummer in names"
    assert claim.count >= 190
    assert claim.share == 1


def test_f1_numbers_among_timestamps_are_still_found() -> None:
    names = moments("%Y%m%d-%H%M", 400) + [f"18{number[:6]}-{number[6:]}" for number in made_up(50)]
    assert [claim.kind for claim in census(names).claims] == [Identifier.PERSONNUMMER]


def test_fewer_than_twenty_are_possible_and_no_claim() -> None:
    told = census([f"18{number}" for number in made_up(19)])
    assert told.claims == ()
    assert [(claim.kind, claim.count) for claim in told.possible] == [(Identifier.PERSONNUMMER, 19)]


def test_random_digits_are_no_finding() -> None:
    chance = random.Random(3)
    for width in (8, 9, 10, 11, 12, 13):
        names = [f"{chance.randrange(10**width):0{width}d}.bin" for _ in range(2000)]
        assert [claim for claim in census(names).claims if claim.personal] == []


def test_f2_samordningsnummer_is_found() -> None:
    told = census([f"18{number[:6]}-{number[6:]}.pdf" for number in made_up(40, added_to_day=60)])
    assert [claim.kind for claim in told.claims] == [Identifier.SAMORDNINGSNUMMER]
    # The example of the tax agency's own description, which python-stdnum 2.2 rejects.
    assert check_digits.samordningsnummer("7010632391")


def norwegian(day: int, month: int, year: int, chance: random.Random) -> str:
    while True:
        nine = f"{day:02d}{month:02d}{year:02d}{chance.randrange(1000):03d}"
        for last in range(100):
            if check_digits.foedselsnummer(f"{nine}{last:02d}"):
                return f"{nine}{last:02d}"


@pytest.mark.parametrize("added", [65, 80])
def test_f3_norwegian_test_numbers_are_labelled_synthetic(added: int) -> None:
    chance = random.Random(added)
    numbers = [norwegian(chance.randrange(1, 29), chance.randrange(1, 13) + added, 50, chance) for _ in range(30)]
    (claim,) = census([f"{number}.pdf" for number in numbers]).claims
    assert claim.kind is Identifier.FOEDSELSNUMMER
    assert claim.synthetic
    assert claim.says == "synthetic foedselsnummer in names"


@pytest.mark.parametrize(
    ("day", "month", "label"), [(0, 0, "fnr"), (40, 0, "d-number"), (0, 40, "h-number"), (0, 65, "synthetic")]
)
def test_f3_norwegian_kinds(day: int, month: int, label: str) -> None:
    assert check_digits.foedselsnummer(norwegian(day + 12, month + 3, 1, random.Random(1))) == label
    assert check_digits.foedselsnummer("22750884907") == "synthetic"


@pytest.mark.parametrize(
    "name",
    [
        "out-{}-101-20171003-103712-1507016232.189.wav",
        "20180304-121314_{}-9-1-all.mp3",
        "{}.wav",
        "call_{}_1.mp3",
        "auto-1414771234-{}-1004.wav",
        "/2011/12/17/{}/msg0001.wav",
    ],
)
def test_f4_a_swedish_mobile_is_a_phone_and_no_cpr(name: str) -> None:
    for number in PHONES:
        assert found(name.format(number)) == [Identifier.PHONE]
    told = census([name.format(number) for number in PHONES])
    assert [claim.kind for claim in told.claims] == [Identifier.PHONE]
    assert told.phones == told.names


@pytest.mark.parametrize(
    "written",
    ["0701740605", "070-1740605", "070-174 06 05", "+46701740605", "%2B46701740605", "0046701740605", "46701740605",
     "+46 (0)70 174 06 05", "08-7860000", "+4687860000", "+4522334455", "+358401234567"],
)  # fmt: skip
def test_phones_in_all_their_forms(written: str) -> None:
    assert found(f"in-{written}-101.wav") == [Identifier.PHONE]


@pytest.mark.parametrize(
    "name", ["20190203.wav", "12345678.wav", "1507016232.wav", "0801740605123", "2019-02-03T10:11+0100"]
)
def test_no_phones(name: str) -> None:
    assert Identifier.PHONE not in found(name)


def test_names_of_few_digits_hold_what_every_rule_finds_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    pieces = ["+", "0", "00", "46", "45", "354", "SE16", "-", "_", " ", "x", "call", ".wav", *map(str, range(10))]
    names = ["".join(chance.choices(pieces, k=chance.randint(1, 12))) for _ in range(20_000)]
    names += ["+46 70 12", "+1 22 33", "+123456", "004512345", "0046701", "070-12345", "20260301", "123456+1"]
    short = [list(tokens(name)) for name in names]
    monkeypatch.setattr(reading, "_FEW", re.compile("(?!)"))
    assert [list(tokens(name)) for name in names] == short
    assert any(found and sum(map(str.isdigit, name)) < 7 for name, found in zip(names, short, strict=True))


def test_phones_in_two_names_of_a_hundred_are_claimed_with_their_share() -> None:
    told = census([f"prompt{n}.wav" for n in range(980)] + [f"in-{phone}.wav" for phone in PHONES[:20]])
    (claim,) = told.claims
    assert (claim.kind, claim.count, claim.share) == (Identifier.PHONE, 20, 0.02)


def test_f5_only_counts_and_masked_samples_are_kept() -> None:
    counted = NameCensus()
    for number, phone in zip(made_up(90), PHONES, strict=False):
        counted.add(f"in-{phone}-18{number[:6]}-{number[6:]}.wav")
    told = counted.verdict()
    kept = repr(told) + repr(counted.state()) + repr(pickle.dumps(counted))
    assert not re.search(r"\d{4}-\d{4}", kept)
    assert not any(phone in kept or number[:6] in repr(told) for phone in PHONES for number in made_up(90))
    samples = {tally.kind: tally.samples for tally in told.tallies}
    assert samples[Identifier.PHONE] == ("07xxxxxxxx",)
    assert samples[Identifier.PERSONNUMMER] == ("18xxxxxx-xxxx",)


def test_a_census_goes_on_from_its_state() -> None:
    names = [f"18{number}" for number in made_up(40)]
    first = NameCensus()
    for name in names[:15]:
        first.add(name)
    second = NameCensus(first.state())
    for name in names[15:]:
        second.add(name)
    assert [(c.kind, c.count) for c in second.verdict().claims] == [(c.kind, c.count) for c in census(names).claims]


def test_cpr_by_dates_and_not_by_clocks() -> None:
    chance = random.Random(11)
    names = [f"{born(chance)}-{chance.randrange(6000, 9999)}.pdf" for _ in range(100)]
    assert Identifier.CPR in [claim.kind for claim in census(names).claims]
    clocks = [f"{name[:7]}{chance.randrange(24):02d}{chance.randrange(60):02d}.wav" for name in names]
    assert [claim for claim in census(clocks).claims if claim.personal] == []


def test_hetu_by_its_letter() -> None:
    letters = "0123456789ABCDEFHJKLMNPRSTUVWXY"
    chance = random.Random(2)
    names = []
    for separator in "-+ABCDEFYXWVU" * 3:
        nine = f"{born(chance)}9{chance.randrange(100):02d}"
        names.append(f"{nine[:6]}{separator}{nine[6:]}{letters[int(nine) % 31]}.pdf")
    assert [claim.kind for claim in census(names).claims] == [Identifier.HENKILOTUNNUS]
    assert Identifier.HENKILOTUNNUS not in found("200546-1003.wav")


def test_kennitala_goes_before_cpr() -> None:
    chance = random.Random(4)
    numbers: list[str] = []
    while len(numbers) < 40:
        number = f"{born(chance)}{chance.randrange(2000, 9999)}"
        if check_digits.kennitala(number) and not check_digits.personnummer(number):
            numbers.append(number)
    assert [claim.kind for claim in census([f"{n[:6]}-{n[6:]}.pdf" for n in numbers]).claims] == [Identifier.KENNITALA]


def test_organisations_and_hsa_ids_are_not_personal() -> None:
    chance = random.Random(6)
    names = [f"{with_luhn(f'55{chance.randrange(6, 9)}{chance.randrange(10**6):06d}')}.pdf" for _ in range(40)]
    (claim,) = census(names).claims
    assert (claim.kind, claim.personal) == (Identifier.ORGANISATIONSNUMMER, False)
    assert found("SE5565594230-B9D.xml") == [Identifier.HSA_ID]
    assert found("SE162321000024-11B.xml") == [Identifier.HSA_ID]


@given(st.text(max_size=80) | st.text(alphabet="0123456789-+.:_ /%46SEA", max_size=120))
def test_any_text_is_counted(name: str) -> None:
    counted = NameCensus()
    counted.add(name)
    assert counted.verdict().names == 1
    for token in tokens(name):
        assert token.passes is None or token.passes in token.shapes


@pytest.mark.parametrize("part", ["1", "0", "46", "07", "1-", "+46 ", "200101-", "SE", "SE55", "%", "131099-", "0 "])
def test_time_is_bounded(part: str) -> None:
    begun = time.process_time()
    NameCensus().add(part * 100_000)
    assert within(time.process_time() - begun, 0.5)
