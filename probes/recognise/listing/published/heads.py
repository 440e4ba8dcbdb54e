"""What heads a table that people write, or that a program writes of source code: no folder has such columns."""

from __future__ import annotations

import re

from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.found import Found

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
_BROADCAST = re.compile(
    r"(?i)\s*(?:programmes?|programmet|episodes?|avsnitt|sermons?|preachers?|predikan|predikant|preken|prædiken|predigt"
    r"|prediger|sendung|folge|émission|épisode|episodio|episódio|puntata|odcinek|passage|scripture|bibelställe)\s*"
)
_COMMIT = re.compile(r"(?i)\b(?:commits?|changeset)\b")
_LONGEST = 100
_CELLS = 12


def of_broadcasts(page: Page) -> bool:
    """Whether the header of a table announces what was broadcast or preached: no recorder of calls has such columns."""
    heads = (block.rows[0] for block in page.blocks if block.kind == "table" and block.rows)
    return any(
        not row.links and any(_BROADCAST.fullmatch(cell.plain[:_LONGEST]) for cell in row.cells[:_CELLS])
        for row in heads
    )


def of_commits(page: Page) -> bool:
    """Whether the header of a table announces by which commit each row was changed."""
    heads = (block.rows[0] for block in page.blocks if block.kind == "table" and block.rows)
    return any(
        not row.links and any(_COMMIT.search(cell.plain[:_LONGEST]) for cell in row.cells[:_CELLS]) for row in heads
    )


_ADDED_BY = re.compile(
    r"(?i)\s*(?:who|uploaders?|(?:uploaded|added|posted|submitted|attached) by|uppladdad av|tillagd av|lastet opp av"
    r"|uploadet af|hochgeladen von|mis en ligne par|ajouté par|subido por|enviado por|caricato da|geüpload door"
    r"|dodane przez|nahrál|загрузил|добавил|上传者|投稿者)\s*"
)
_ATTACHMENT = re.compile(
    r"(?i)\s*(?:attachments?|attached files?|bilag(?:a|or)?|vedlegg|anhang|anhänge|bijlagen?|pièces? jointes?|adjuntos?"
    r"|anexos?|allegat[oi]|załączniki?|příloh[ay]|вложени[ея]|附件|添付ファイル|첨부파일)\s*"
)


def of_additions(page: Page, rows: list[Found]) -> bool:
    """Whether the header of a table announces who added each file, and the files are called attachments or are
    handed out by addresses that hold no name: pages of a wiki and hosts of files show that."""
    heads = (block.rows[0] for block in page.blocks if block.kind == "table" and block.rows)
    for head in heads:
        texts = [cell.plain[:_LONGEST] for cell in head.cells[:_CELLS]] if not head.links else []
        if any(map(_ADDED_BY.fullmatch, texts)):
            return any(map(_ATTACHMENT.fullmatch, texts)) or all(one.soft for one in rows)
    return False
