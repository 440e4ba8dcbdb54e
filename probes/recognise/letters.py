"""Whose canary tokens stand in a letter, and with how many files it comes: of the letter itself nothing is kept."""

from __future__ import annotations

import email.errors
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import Final

from probes.recognise.eservices.canary_tokens import tokens_in

_MOST_PARTS: Final = 200


@dataclass(frozen=True, slots=True)
class LetterContent:
    """What a letter holds, as far as it is told."""

    cases: tuple[str, ...]
    attachments: int
    whole: bool
    """Whether all of it could be read."""


_LONGEST_HEADER = 4096
"""Characters of a header that are read: the library takes a time that grows with the square of its length."""


class _Bounded(Compat32):
    """Reads the beginning of each header."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


def letter_content(raw: bytes, tokens: Mapping[str, str]) -> LetterContent:
    """The keys of the tokens in a letter as it was sent (RFC 5322, MIME), and how many files it has. Raises nothing."""
    found, whole = tokens_in(raw, tokens)
    cases, files = set(found), 0
    try:
        for number, part in enumerate(_parts(message_from_bytes(raw, policy=_Bounded()))):
            if number >= _MOST_PARTS:
                whole = False
                break
            whole &= all(len(str(value)) < _LONGEST_HEADER for value in part.values())
            files += _is_file(part)
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                here, read = tokens_in(body, tokens)
                cases |= set(here)
                whole &= read
    except (ValueError, LookupError, RecursionError, email.errors.MessageError):
        whole = False
    return LetterContent(tuple(sorted(cases)), files, whole)


def _parts(message: Message) -> Iterator[Message]:
    """The leaves of a letter; a letter that is attached is a file, and its parts are read as well."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" or not part.is_multipart():
            yield part


def _is_file(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.get_filename() is not None:
        return True
    return part.get_content_maintype() not in ("text", "multipart")
