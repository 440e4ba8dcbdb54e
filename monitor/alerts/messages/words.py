"""Sentences of probes and rounds, and how they are said in Swedish."""

from __future__ import annotations

from typing import Final

TOLD_BY_US: Final = (
    (r"its own settings let strangers in", "dess egna inställningar släpper in främlingar"),
    (r"its own settings keep strangers out", "dess egna inställningar håller främlingar ute"),
    (r"its own settings could not be read", "dess egna inställningar gick inte att läsa"),
    (r"a stranger from here gets in", "en främling härifrån kommer in"),
    (r"a stranger from here is kept out", "en främling härifrån hålls ute"),
    (r"a stranger from here got no verdict", "en främling härifrån fick inget avgörande svar"),
    (r"no stranger has looked from here so far", "ingen främling har tittat härifrån än"),
    (r"the page parses as a listing \(([a-z0-9 -]+)\)", "sidan är uppbyggd som en listning ({})"),
    (
        r"a folder that cannot exist is not answered like it, before and after",
        "en mapp som inte kan finnas besvaras inte likadant, varken före eller efter",
    ),
    (
        r"a listed file answers a stranger, and a name that cannot exist beside it does not",
        "en fil ur listningen svarar en främling, och ett namn bredvid som inte kan finnas gör det inte",
    ),
    (
        r"a listed folder answers a stranger with a listing of its own",
        "en mapp ur listningen svarar en främling med en egen listning",
    ),
    (
        r"a second look over a new connection shows the same listing",
        "en andra titt över en ny förbindelse visar samma listning",
    ),
    (
        r"a second look over a new connection did not come about",
        "en andra titt över en ny förbindelse kom inte till stånd",
    ),
    (
        r"the listing is gone, and a file that it listed still answers a stranger",
        "listningen är borta, och en fil som stod i den svarar fortfarande en främling",
    ),
    (
        r"the first bytes came as asked for \(206\) and are those of the kind that the name or type promises",
        "de första byten kom som begärt (206) och är av det slag som namnet eller typen lovar",
    ),
    (
        r"a name that cannot exist beside it is not answered",
        "ett namn bredvid som inte kan finnas besvaras inte",
    ),
    (r"the known-open place \S+ was not found open \(([a-z-]+)\)", "den öppna kontrollen befanns inte öppen ({})"),
    (
        r"the known-closed place \S+ was not found closed \(([a-z-]+)\)",
        "den stängda kontrollen befanns inte stängd ({})",
    ),
    (r"a control was not looked at", "en kontroll tittades det inte på"),
)
"""What probes and rounds say in English, as a pattern, and how it is said in Swedish; the rest is told as it is."""
