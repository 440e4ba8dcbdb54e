"""What a recogniser saw in a page's structure, in the reader's language: it is on file as an English sentence."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from monitor.alerts.routing.recipients import Language
from probes.recognise.people.masking import Masked, mask_text

_NUMBER = re.compile(r"(?<![\w#])\d+(?![\w<])")


@cache
def sentences_of_structure(language: Language) -> dict[str, str]:
    """What is said of a page's structure in that language, by the English sentence; `{}` stands for a number."""
    found = files("monitor.alerts.messages").joinpath("structure", f"{language}.toml")
    return {} if not found.is_file() else tomllib.loads(found.read_text("utf-8"))


def structure_text(said: str, language: Language) -> Masked:
    """`said` in that language; as it stands where no sentence is known (that of an older or later version)."""
    sentences = sentences_of_structure(language)
    if not sentences:
        return mask_text(said)
    numbers = _NUMBER.findall(said)
    sentence = sentences.get(_NUMBER.sub("{}", said))
    if sentence is not None:
        return Masked(sentence.format(*numbers))
    return mask_text(said)
