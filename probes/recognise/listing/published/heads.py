"""What heads a table that people write, or that a program writes of source code: no folder has such columns."""

from __future__ import annotations

import re

from probes.recognise.listing.html.page import Page

OF_GOODS = re.compile(
    r"(?i)\s*(?:products?|produkte?r?|productos?|produits?|prodott[oi]|produtos?|artikel|models?|modelle?r?|modèles?|modelos?"
    r"|modell[oi]|part (?:no\.?|number)|型号|产品|製品|機種|제품|모델|изделие|модель|товар"
    r"|meetings?|sammanträde|möte|mø[td]e|kokous|sitzung|séance|sesión|sessão|seduta|vergadering|posiedzenie|заседание|会議"
    r"|tenders?|upphandling|anbud|udbud|ausschreibung|licitación|expediente|licitação|ihale|przetarg|закупка"
    r"|deadline|closing date|sista dag|frist|date limite|fecha límite|prazo|scadenza|son tarih|termin składania"
    r"|topics?|subjects?|themen?|thema|ämnen?|emne|tema|aihe|sujet|objet|asunto|objeto|argomento|oggetto|onderwerp|temat"
    r"|тема|主题|件名|titles?|titel|títulos?|titres?|titolo|título|tytuł|название|标题|標題|タイトル|제목"
    r"|lectures?|föreläsning|vorlesung|cours|lesson|sermon|speaker|preacher|authors?|composer|artist|journal|chapters?"
    r"|prediger|predikant|(?:name of )?works?|pieces?|drawings?|cards?|bylaws?"
    r"|competitions?|tävling|renn|løp|lopp|rennen|wettkampf|kilpailu|gara|zawody|závod|verseny"
    r"|tárgy|téma|předmět|predmet|subiect|konu|θέμα"
    r"|events?|races?|bezeichnung|beteckning|benämning|denominación|intitulé|designation|betreff)\s*"
)
"""What heads a column of goods, of meetings, of tenders, or of what was written, said or held."""
_COMMIT = re.compile(r"(?i)\b(?:commits?|changeset)\b")
_LONGEST = 100
_CELLS = 12


def of_commits(page: Page) -> bool:
    """Whether the header of a table announces by which commit each row was changed."""
    heads = (block.rows[0] for block in page.blocks if block.kind == "table" and block.rows)
    return any(
        not row.links and any(_COMMIT.search(cell.plain[:_LONGEST]) for cell in row.cells[:_CELLS]) for row in heads
    )
