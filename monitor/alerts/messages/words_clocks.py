"""The catalogue's sentences about legal clocks."""

# ruff: noqa: E501  a sentence stands on one line, as it is told

from __future__ import annotations

from typing import Final

ENGLISH: Final = {
    "title.warned": "CLOCK {percent} %: {left} left: {duty} ({ref})",
    "title.warned.late": "CLOCK: OVERDUE by {left}: {duty} ({ref})",
    "title.group.warned": "CLOCKS of {count} findings are running out, told as one ({ref})",
    "warned.what": "What: time in which {party} may have to tell somebody of {finding}, on {asset}, is running out.",
    "warned.clock": "{duty}{to}: {percent} % used, {left} left, until {deadline} ({local} in Stockholm); {article}.",
    "warned.clock.late": "{duty}{to}: OVERDUE by {left}, since {deadline} ({local} in Stockholm); {article}. Reasons for the delay may have to be given.",
    "warned.to": ", namely {party}",
    "warned.conservative": "Counted from {start}, when the exposure was confirmed: the careful reading.",
    "warned.legal": "Counted from {start}, since when {party} is aware, as a person of it said.",
    "warned.follows": "Counted from {start}, when what goes before it was sent, or the exposure ended.",
    "warned.decides": "leftopen computes and files nothing; whether it applies, and what is sent, a person decides. No legal advice.",
    "warned.do": "Do now: leftopen clock {finding} shows all of it, leftopen draft {finding} writes what can be written; once it is sent: leftopen sent {finding}.",
    "group.do.warned": "Do now: leftopen clock ID shows each; what was sent is put on file with leftopen sent ID, and its clock stands still.",
}

SWEDISH: Final = {
    "title.warned": "KLOCKA {percent} %: {left} kvar: {duty} ({ref})",
    "title.warned.late": "KLOCKA: {left} FÖRSENAT: {duty} ({ref})",
    "title.group.warned": "KLOCKOR för {count} fynd går ut, sagda i ett ({ref})",
    "warned.what": "Vad: tiden går ut, inom vilken {party} kan behöva underrätta någon om {finding}, på {asset}.",
    "warned.clock": "{duty}{to}: {percent} % använt, {left} kvar, till {deadline} ({local} i Stockholm); {article}.",
    "warned.clock.late": "{duty}{to}: {left} FÖRSENAT, sedan {deadline} ({local} i Stockholm); {article}. Skälen till dröjsmålet kan behöva anges.",
    "warned.to": ", nämligen {party}",
    "warned.conservative": "Räknat från {start}, då exponeringen bekräftades: den försiktiga läsningen.",
    "warned.legal": "Räknat från {start}, då {party} fick kännedom, enligt en person där.",
    "warned.follows": "Räknat från {start}, då det som går före sändes, eller exponeringen upphörde.",
    "warned.decides": "leftopen räknar och anmäler ingenting; om det gäller, och vad som sänds, avgör en människa. Ingen juridisk rådgivning.",
    "warned.do": "Gör nu: leftopen clock {finding} visar allt, leftopen draft {finding} skriver vad som kan skrivas; när det är sänt: leftopen sent {finding}.",
    "group.do.warned": "Gör nu: leftopen clock ID visar var och en; det som har sänts antecknas med leftopen sent ID, och klockan stannar.",
}
