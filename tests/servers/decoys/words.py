"""Sentences of our own in six languages, for pages that nobody has to believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Words:
    """What a small site says in one language."""

    code: str
    place: str
    menu: tuple[str, ...]
    text: tuple[str, ...]
    months: tuple[str, ...]
    name: str
    changed: str
    size: str
    login: str
    password: str
    user: str
    search: str
    missing: str
    closed: str
    downloads: str


SV = Words(
    "sv", "Norrby vårdcentral", ("Start", "Om oss", "Boka tid", "Kontakt"),
    ("Vi svarar i telefon vardagar mellan åtta och sexton.", "Den som redan har en tid behöver inte ringa.",
     "Provtagningen flyttar till bottenvåningen efter sommaren.", "Ta med legitimation till besöket."),
    ("januari", "februari", "mars", "april", "maj", "juni"),
    "Namn", "Ändrad", "Storlek", "Logga in", "Lösenord", "Användarnamn", "Sök", "Sidan finns inte",
    "Du saknar behörighet att se innehållet", "Filer att hämta",
)  # fmt: skip
EN = Words(
    "en", "Harbour Street Practice", ("Home", "About", "Book", "Contact"),
    ("Our telephones are answered on weekdays from eight to four.", "If you have a time, there is no need to call.",
     "Blood tests move to the ground floor after the summer.", "Please bring something that shows who you are."),
    ("January", "February", "March", "April", "May", "June"),
    "Name", "Last modified", "Size", "Log in", "Password", "User name", "Search", "Page not found",
    "You are not allowed to see this", "Downloads",
)  # fmt: skip
DA = Words(
    "da", "Søby lægehus", ("Forside", "Om os", "Bestil tid", "Kontakt"),
    ("Telefonen er åben på hverdage fra otte til fire.", "Har du allerede en tid, behøver du ikke at ringe.",
     "Blodprøver flytter til stueetagen efter sommeren.", "Husk dit sundhedskort til besøget."),
    ("januar", "februar", "marts", "april", "maj", "juni"),
    "Navn", "Ændret", "Størrelse", "Log ind", "Adgangskode", "Brugernavn", "Søg", "Siden blev ikke fundet",
    "Du har ikke adgang til indholdet", "Hent filer",
)  # fmt: skip
NO = Words(
    "no", "Fjellvik legesenter", ("Hjem", "Om oss", "Bestill time", "Kontakt"),
    ("Vi svarer på telefon hverdager fra åtte til fire.", "Har du alt en time, trenger du ikke å ringe.",
     "Blodprøvene flytter til første etasje etter sommeren.", "Ta med legitimasjon til besøket."),
    ("januar", "februar", "mars", "april", "mai", "juni"),
    "Navn", "Endret", "Størrelse", "Logg inn", "Passord", "Brukernavn", "Søk", "Fant ikke siden",
    "Du har ikke tilgang til innholdet", "Nedlastinger",
)  # fmt: skip
FI = Words(
    "fi", "Koivurannan terveysasema", ("Etusivu", "Meistä", "Ajanvaraus", "Yhteystiedot"),
    ("Puhelimeen vastataan arkisin kahdeksasta neljään.", "Jos sinulla on jo aika, ei tarvitse soittaa.",
     "Näytteenotto muuttaa alakertaan kesän jälkeen.", "Ota henkilötodistus mukaan."),
    ("tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu"),
    "Nimi", "Muokattu", "Koko", "Kirjaudu", "Salasana", "Käyttäjätunnus", "Hae", "Sivua ei löydy",
    "Sinulla ei ole oikeutta tähän", "Ladattavat tiedostot",
)  # fmt: skip
DE = Words(
    "de", "Praxis am Lindenweg", ("Start", "Über uns", "Termin", "Kontakt"),
    ("Das Telefon ist werktags von acht bis sechzehn Uhr besetzt.", "Wer einen Termin hat, braucht nicht anzurufen.",
     "Die Blutabnahme zieht nach dem Sommer ins Erdgeschoss.", "Bitte bringen Sie einen Ausweis mit."),
    ("Januar", "Februar", "März", "April", "Mai", "Juni"),
    "Name", "Geändert", "Größe", "Anmelden", "Kennwort", "Benutzername", "Suche", "Seite nicht gefunden",
    "Sie haben keinen Zugriff auf diesen Inhalt", "Dateien zum Herunterladen",
)  # fmt: skip
ALL = (SV, EN, DA, NO, FI, DE)


def document(words: Words, title: str, body: str, *, head: str = "", frame: int = 0) -> str:
    """A whole page around `body`. The `frame` changes its build: plain, with landmarks, with layout tables, bare."""
    links = [f'<a href="/{number or ""}">{escape(text)}</a>' for number, text in enumerate(words.menu)]
    if frame == 1:
        menu = "".join(f"<li>{link}</li>" for link in links)
        inner = f"<header><nav><ul>{menu}</ul></nav></header><main>{body}</main><footer>{words.place}</footer>"
    elif frame == 2:
        inner = f'<table width="100%"><tr><td valign="top">{"<br>".join(links)}</td><td>{body}</td></tr></table>'
    elif frame == 3:
        return f"<title>{escape(title)}</title>\n{body}\n"
    else:
        inner = f"<div id=menu>{' | '.join(links)}</div><div id=content>{body}</div>"
    return (
        f'<!doctype html>\n<html lang="{words.code}"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}'
        f"</head>\n<body>{inner}</body></html>\n"
    )


def paragraphs(words: Words) -> str:
    """The language's sentences, a paragraph each."""
    return "".join(f"<p>{escape(text)}</p>\n" for text in words.text)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; cells are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
