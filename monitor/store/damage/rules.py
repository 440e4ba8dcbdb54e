"""What the tables of the ledger hold beyond the types of their columns, and what stands there instead."""

from __future__ import annotations

import json
from typing import Final

from monitor.findings.finding import Step
from monitor.findings.handling import ActionKind
from monitor.findings.reasons import Cause
from monitor.store.damage.columns import Rules
from monitor.store.looks.slots import OF_A_DAY, unpack
from monitor.store.messages.queued import Outcome
from monitor.store.reason_rows import dump_reason, load_reason
from monitor.store.rows import packed, record
from monitor.store.schema.stored import unpacked, value_of


def _json(body: bytes) -> object:
    return value_of(unpacked(body))


def _mapping(text: str) -> dict[str, object]:
    return dict(value_of(text))


def _slots(stored: bytes) -> None:
    if unpack(stored) >> OF_A_DAY:
        raise ValueError


_NO_JSON: Final = packed(record([]))
RULES: Final = Rules(
    words={
        "changes.step": (frozenset(Step), Step.SUSPECTED.value),
        "deeds.act": (frozenset(ActionKind), ActionKind.VOIDED.value),
        "deliveries.outcome": (frozenset(Outcome), Outcome.MAYBE.value),
        "heartbeats.outcome": (frozenset(Outcome), Outcome.MAYBE.value),
    },
    values={
        "changes.reason": (load_reason, dump_reason(Cause.UNKNOWN)),
        "evidence.body": (_mapping, "{}"),
        "http_actions.answer": (json.loads, "{}"),
    },
    blobs={
        "series.slots": (_slots, b""),
        "days.slots": (_slots, b""),
        "observations.timings": (_json, _NO_JSON),
    },
    # What cannot be read of an action counts for no hold on its finding.
    also={"deeds": {"act": ActionKind.VOIDED.value}},
    # The plan of looks is declared anew, a survey reads its folder again.
    forgotten=frozenset(
        ("log_slots", "log_slots_next", "log_scope", "slot_views", "survey_folders", "survey_found", "queue_lengths")
    ),
)
