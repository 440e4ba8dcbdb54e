"""Sentences in every language: a TOML file a language, which a translator edits; filled with masked values alone.

A new language is a new file in each folder `locale`, and its code in `Language`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import get_args

from monitor.alerts.routing.recipients import Language
from probes.recognise.people.masking import Masked

Sentences = Mapping[str, str]
"""The sentences of one language by key."""


@cache
def sentences(language: Language, package: str = "monitor.alerts.messages") -> Sentences:
    """The sentences of `package` in one language. Raises FileNotFoundError for a language without a file."""
    text = files(package).joinpath("locale", f"{language}.toml").read_text(encoding="utf-8")
    return {key: str(value) for key, value in tomllib.loads(text).items()}


def catalogue(package: str = "monitor.alerts.messages") -> dict[Language, Sentences]:
    """The sentences of `package` in every language."""
    return {language: sentences(language, package) for language in get_args(Language)}


def say(language: Language, key: str, **values: Masked) -> Masked:
    """A sentence with its gaps filled. Raises KeyError for a key or a gap that is not known."""
    # A sentence is ours and every value is masked already, so the whole is. It is not masked once more: a count
    # or a finding's id is no number of a person's, though it may look like one.
    return Masked(sentences(language)[key].format(**values))


def known(language: Language, key: str) -> bool:
    """Whether there is such a sentence."""
    return key in sentences(language)
