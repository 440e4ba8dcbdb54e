"""What a folder's names tell of people, as counts, shares and masked samples: the bulk test of identifiers in names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from probes.recognise.people.masking import Masked, mask_number
from probes.recognise.people.tokens import Identifier, Token, tokens

__all__ = ["Census", "Claim", "Identifier", "NameCensus", "Tally", "Token", "tokens"]

# Twenty timestamps reach twelve passes by chance once in 17 million folders.
_ENOUGH: Final = 20
_RATE: Final = 0.6
# Below this share of candidates, passes are what chance gives: 10 % of timestamps pass for personal numbers.
_MORE_THAN_CHANCE: Final = 0.25
# The store that leftopen was made for had numbers in 2 % of its names. Of random ten digits 0.5 % have a mobile's shape
# of random nine 0.9 % that of a Stockholm number.
_PHONES_ENOUGH: Final = 5
_PHONE_SHARE: Final = 0.015
# Random serials are a time of day in 14 % of cases, timestamps always.
_MOSTLY_CLOCK: Final = 0.5
_SAMPLES: Final = 3

_NOT_PERSONAL: Final = frozenset({Identifier.ORGANISATIONSNUMMER, Identifier.HSA_ID})


@dataclass(frozen=True, slots=True)
class Tally:
    """One kind of identifier over all names: how many had its shape, how many pass its check, and how that looks."""

    kind: Identifier
    candidates: int
    passes: int
    synthetic: int = 0
    """Of `passes`, numbers of a test register (Norwegian, month + 65 or + 80)."""
    samples: tuple[Masked, ...] = ()

    @property
    def rate(self) -> float:
        """Passes among candidates, 0 to 1."""
        return self.passes / self.candidates if self.candidates else 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be said: `says` in our own words, with the count and the share behind it."""

    kind: Identifier
    says: str
    count: int
    share: float
    personal: bool = True
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Census:
    """The verdict on a folder's names. Claims hold for the folder; what is `possible` is a count and no claim."""

    names: int
    phones: int
    """Names that hold at least one phone number."""
    tallies: tuple[Tally, ...]
    claims: tuple[Claim, ...]
    possible: tuple[Claim, ...]


class NameCensus:
    """Counts identifiers over names, one name at a time, and never holds a name or a full number.

    `state()` is all that it knows but for the samples: a census that was interrupted goes on from it.
    """

    def __init__(self, state: Mapping[str, int] | None = None) -> None:
        self._counts: Counter[str] = Counter(state or {})
        self._samples: dict[Identifier, list[Masked]] = {}

    def add(self, name: str) -> None:
        """Counts one file or folder name (a path does too). Any text is taken; only counts and masked samples stay."""
        self._counts["names"] += 1
        phoned = False
        for token in tokens(name):
            for shape in token.shapes:
                # A token that passes as one kind is no failed candidate of another.
                if token.passes is None or shape is token.passes:
                    self._counts[f"candidates {shape}"] += 1
            if token.passes is None:
                continue
            self._counts[f"passes {token.passes}"] += 1
            self._counts[f"synthetic {token.passes}"] += token.synthetic
            self._counts[f"clock {token.passes}"] += token.clock
            phoned = phoned or token.passes is Identifier.PHONE
            samples = self._samples.setdefault(token.passes, [])
            if len(samples) < _SAMPLES and (masked := mask_number(token.text)) not in samples:
                samples.append(masked)
        self._counts["names with phone"] += phoned

    def state(self) -> dict[str, int]:
        """The counts, for keeping: no name, no number, no sample."""
        return dict(self._counts)

    def verdict(self) -> Census:
        """What may be claimed of the names so far, by the bulk test: shares of many, never single hits."""
        names, phones = self._counts["names"], self._counts["names with phone"]
        tallies = tuple(tally for kind in Identifier if (tally := self._tally(kind)).candidates)
        claims: list[Claim] = []
        possible: list[Claim] = []
        for tally in tallies:
            if not tally.passes:
                continue
            if tally.kind is Identifier.PHONE:
                share = phones / names
                enough = names >= _ENOUGH and phones >= _PHONES_ENOUGH and share >= _PHONE_SHARE
                claim = Claim(tally.kind, "phone numbers in names", phones, share)
                (claims if enough else possible).append(claim)
                continue
            self._judge(tally, claims, possible)
        return Census(names, phones, tallies, tuple(claims), tuple(possible))

    def _tally(self, kind: Identifier) -> Tally:
        return Tally(
            kind,
            self._counts[f"candidates {kind}"],
            self._counts[f"passes {kind}"],
            self._counts[f"synthetic {kind}"],
            tuple(self._samples.get(kind, ())),
        )

    def _judge(self, tally: Tally, claims: list[Claim], possible: list[Claim]) -> None:
        if tally.kind is Identifier.CPR and self._counts[f"clock {tally.kind}"] > _MOSTLY_CLOCK * tally.passes:
            return  # a date and a time of day: timestamps, whatever their number
        synthetic = tally.synthetic > tally.passes // 2
        says = f"{'synthetic ' if synthetic else ''}{tally.kind} in names"
        claim = Claim(tally.kind, says, tally.passes, tally.rate, tally.kind not in _NOT_PERSONAL, synthetic)
        if tally.candidates >= _ENOUGH and tally.rate >= _RATE:
            claims.append(claim)
        elif tally.candidates < _ENOUGH or tally.rate >= _MORE_THAN_CHANCE:
            possible.append(claim)
