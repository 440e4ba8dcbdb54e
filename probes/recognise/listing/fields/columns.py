"""Which column of a table holds what, by its header cells in the languages that servers speak."""

from __future__ import annotations

import re
from collections import Counter

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.row.cells import Cell, Row

_WORDS = {
    "size": "size filesize bytes byte octets oktetter tavua kilobytes ko mo kib mib "
    "filsize length größe grösse groesse grösze dateigröße taille poids tamaño tamano tamanho "
    "dimensione dimensioni grootte storlek størrelse koko размер 大小 文件大小 檔案大小 サイズ 크기 boyut velikost "
    "veľkosť rozmiar méret μέγεθος الحجم حجم ขนาด peso dimensiune mida suurus dydis izmērs величина розмір "
    "розмір kb mb lengd stærð saiz ukuran өлшемі hajmi ölçü ზომა չափ आकार আকার اندازه памер големина veličina "
    "grandària tamaina madhësia dung גודל அளவு",
    "date": "date calldate modified lastmodified modification modify "
    "datum geändert geaendert änderungsdatum modifié modifie "
    "modificado modificación modificação fecha data modificato gewijzigd ändrad ändrat ændret endret muokattu дата "
    "изменен изменён изменено изменения 修改时间 修改日期 最后修改 时间 日期 更新日時 最終更新 更新日期 最終更新日 "
    "日時 변경 수정 수정일 날짜 tarih değiştirme zuletzt changed time uploaded created mtime timestamp changement "
    "ostatnia módosítva dátum změněno upraveno zmodyfikowano ημερομηνία التاريخ تاریخ วันที่ updated age "
    "muutettu hora upload ultima última ultimo último dato tarikh tanggal ngày päivämäärä pvm kuupäev muudetud datums "
    "pakeista mainīts датум күні sana tarix თარიღი ամսաթիվ दिनांक তারিখ تاریخ תאריך dagsetning breytt izmijenjeno "
    "spremenjeno diubah promenjeno",
    "type": "type kind typ tipo tyyppi soort тип 类型 種類 типа tür típus content mime extension",
    "name": "name filename file files directory folder datei dateiname dateien nom fichier fichiers nombre archivo "
    "naam bestand bestandsnaam namn navn filnavn filnamn nimi nome имя название файл файлы 名称 名稱 名前 文件名 文件 "
    "文件名称 ファイル名 ファイル 檔名 이름 파일 isim ad dosya jméno název nazwa plik név fájl όνομα الاسم نام "
    "ชื่อ arquivo numele nume nom ime pavadinimas nosaukums назва item title filnamn tên 파일명 "
    "recording recordings audio clip video document dokument attachment attachments bilaga inspelning aufnahme "
    "grabación grabacion enregistrement registrazione opname nama nafn heiti nimetus назив naziv emri атауы "
    "სახელი անուն नाम নাম שם",
    "description": "description beschreibung descripción descrição descrizione описание 描述 説明 "
    "comment comments notes",
    "hits": "hits downloads download count downloaded 조회 조회수 点击 点击数 浏览 浏览次数 下载次数 閲覧数 просмотров "
    "просмотры скачиваний загрузок visitas descargas aufrufe nedladdningar hämtningar téléchargements "
    "seeders leechers seeds peers snatched",
    "other": "from to source src destination dst caller callee called calling number phone duration durata durée duree "
    "duración duracion dauer varaktighet längd id no nr extension channel camera agent queue line track version rev "
    "revision year width height resolution fps frames bitrate views replies reads rank price qty från till "
    "members users posts topics comments followers votes score points "
    "# № subject tracker project priority assignee reporter author severity milestone customer kund invoice faktura "
    "total amount belopp summa ärende ärendenr ticket "
    "billsec seconds secs sekunder disposition tag order release ticket issue branch commit product",
    "record": "role login mailbox quota email table tables rows engine collation job run schedule messages memory idle "
    "used usage expires expiry domain status synced sync",
    "platform": "os arch architecture architektur platform plattform plateforme plataforma",
    "owner": "owner user group permissions perms mode rechte droits attributes permission chmod",
}
_ROLE = {word: role for role, words in _WORDS.items() for word in words.split()}
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


def role(cell: Cell) -> str:
    """What a header cell announces (`name`, `size`, `date`, `type`, ...), or nothing."""
    text = squeeze(cell.text)
    if len(text) > 60:
        return ""
    low = text.lower()
    if low in _ROLE:
        return _ROLE[low]
    low = _DATA_OF.sub("", low)
    found = [said for word in _WORD.findall(low) if (said := _ROLE.get(word) or _run_together(word))]
    if found[:1] == ["name"] and "/" in low:
        return "name"  # `Name/Type`
    for wanted in ("size", "date", "type", "name", "hits", "owner", "description", "record", "platform", "other"):
        if wanted in found:
            return wanted
    return ""


_DATA_OF = re.compile(r"\bdata(?= ?-?(?:sets?|files?|types?|sources?|sizes?|names?|formats?|packages?|products?)\b)")
"""English before what data it is of (`Data set`): alone, the word is a date in Italian."""


def _run_together(word: str) -> str:
    """What two words written as one announce, if both announce it: `datelastmodified`."""
    if not _LEAST_RUN <= len(word) <= _LONGEST_RUN:
        return ""
    parts = ((_ROLE.get(word[:at], ""), _ROLE.get(word[at:], "")) for at in range(4, len(word) - 3))
    return next((one for one, other in parts if one == other), "")


_LEAST_RUN, _LONGEST_RUN = 8, 24
_NAMES = frozenset({"name", "filename", "file name"})
_FOLDERS = frozenset({"directory", "folder", "directories", "dir"})


def word_role(word: str) -> str:
    """`name`, `size`, `date` or nothing: what one lower-case word announces as the key of a field, in any language."""
    said = _ROLE.get(word, "")
    return said if said in {"name", "size", "date"} else ""


def header(row: Row) -> dict[int, str] | None:
    """The roles of a header row by column, or None when the row announces no name beside a size, date or type."""
    roles: dict[int, str] = {}
    of_folders: list[int] = []
    at = 0
    for cell in row.cells[:24]:
        found = role(cell)
        if squeeze(cell.text).lower() in _NAMES and (folders := [key for key in of_folders if key in roles]):
            del roles[folders[0]]  # the folder that every row lies in
        elif found == "name" and squeeze(cell.text).lower() in _FOLDERS:
            of_folders.append(at)
        if found and (found in {"other", "record"} or found not in roles.values()):
            roles[at] = found
        at += span(cell)
    said = set(roles.values())
    if "name" in said and said & {"size", "date", "type", "description"}:
        return roles
    if {"size", "date"} <= said and len(row.cells) >= 2:
        return roles | ({0: "other"} if _unknown(row) else {})
    if "record" in said and (said & {"name", "size", "date", "type"} or list(roles.values()).count("record") > 1):
        return roles
    if "size" in said and _unknown(row) and 0 not in roles:
        return roles | {0: "other"}  # of images, builds and the like: the first column names what is no file
    if "date" in said and list(roles.values()).count("other") > 1:
        return roles  # calls: when, from whom, to whom, how long
    return None


def of_records(row: Row) -> bool:
    """Whether a row of header cells announces something else than names: none of them is that of names."""
    return len(row.cells) > 1 and _unknown(row) and all(role(cell) != "name" for cell in row.cells)


def _unknown(row: Row) -> bool:
    """Whether a header begins with words that no column of names has."""
    first = squeeze(row.cells[0].text)
    return role(row.cells[0]) in {"", "other"} and _PLAIN_WORDS.fullmatch(first) is not None


_PLAIN_WORDS = re.compile(r"[A-Za-zåäöæøÅÄÖÆØ][A-Za-zåäöæøé ]{2,30}")


def announces(line: str) -> bool:
    """Whether a line of preformatted text is a header: only words of columns, a name and a size or date among them."""
    words = _WORD.findall(line.lower()) if len(line) < 200 else []
    said = {_IN_LINES.get(word) or _ROLE.get(word, "") for word in words}
    return bool(said) and "" not in said and "name" in said and bool(said & {"size", "date"})


_IN_LINES = {"last": "date", "key": "name", "object": "name", "links": "other"}
"""Words of such lines that announce nothing in a table."""


def span(cell: Cell) -> int:
    """How many columns a cell takes."""
    if "colspan" not in cell.attributes:
        return 1
    value = cell.attributes["colspan"].strip()
    return min(int(value), 50) if value.isascii() and value.isdigit() and 0 < len(value) < 4 and int(value) else 1


def by_role(row: Row, roles: dict[int, str]) -> dict[str, Cell]:
    """The cells of a row by the role that the header gives to their column."""
    found: dict[str, Cell] = {}
    at = 0
    for cell in row.cells:
        width = span(cell)
        # A name that runs over the date's column leaves the date out, not the columns after it.
        for column in range(at, at + width):
            said = roles.get(column)
            if said == "other":
                found[f"other {column}"] = cell
                break
            if said and said not in found:
                found[said] = cell
                break
        at += width
    return found


_UNIT = re.compile(r"(?i)\b([kmg])i?(?:b|o|bytes?|byte\(s\))\b")


def unit_of(row: Row, roles: dict[int, str]) -> str:
    """The unit that the header of the sizes states (`Size (KB)`), as a letter and `B`, or nothing."""
    cell = by_role(row, roles).get("size")
    match = _UNIT.search(cell.text) if cell is not None and len(cell.text) < 60 else None
    return f"{match[1]}B" if match else ""


_SAMPLE = 60
_COLUMNS = 16
_MOST_UNITLESS = 2_000
_OCTAL = re.compile(r"0[0-7]{3}")


def guess(rows: list[Row]) -> dict[int, str]:
    """Which column holds sizes and which dates, by what stands in them, for a table whose header says nothing."""
    sized: Counter[int] = Counter()
    plain: dict[int, list[str]] = {}
    dated: Counter[int] = Counter()
    counted = counted_columns(rows)
    for row in [row for row in rows if row.links][:_SAMPLE]:
        at = 0
        for cell in row.cells[:_COLUMNS]:
            text = cell.text
            if text and len(text) < 60:
                if find_date(text) is not None:
                    dated[at] += 1
                elif sizes.has_unit(text):
                    sized[at] += _MOST_UNITLESS  # a unit says more than any numbers do
                elif sizes.looks_like_size(text) and at not in counted:
                    plain.setdefault(at, []).append(text)
                elif sizes.NOTHING.fullmatch(text):
                    sized[at] += 10
            at += span(cell)
    if len(plain) > 1 and set(plain) <= _unknown_columns(rows):
        # A file has one size: several numbers below words that no header of sizes has are counts.
        counted, plain = counted | set(plain), {}
    for column, texts in plain.items():
        # Row numbers, modes and other small counts are no sizes.
        numbered = [text.rstrip(".") for text in texts] == [
            str(n) for n in range(int_of(texts[0]), int_of(texts[0]) + len(texts))
        ]
        if not (numbered and len(texts) > 1) and not all(_OCTAL.fullmatch(text) for text in texts):
            # Of several columns of numbers the one of the larger numbers holds the sizes.
            sized[column] += 20 * len(texts) + max(map(len, texts))
    roles = {}
    if dated:
        roles[dated.most_common(1)[0][0]] = "date"
    for column, _ in sized.most_common():
        if column not in roles:
            roles[column] = "size"
            break
    return {**dict.fromkeys(counted - roles.keys(), "other"), **roles}


_UNDERSTOOD = 3
_COUNTED = {"other", "hits", "owner", "description", "platform"}


def counted_columns(rows: list[Row]) -> set[int]:
    """The columns whose header says that their numbers are no sizes: extensions, durations, numbers of downloads."""
    first = rows[0] if rows else None
    if (
        first is None
        or not (first.header or not first.links)
        or _width(first) != max(map(_width, rows[1:9]), default=0)
    ):
        return set()
    roles = [role(cell) for cell in first.cells[:_COLUMNS]]
    # A header that is understood, and announces no size, announces none by a word that is not understood.
    understood = "size" not in roles and sum(map(bool, roles)) >= _UNDERSTOOD
    found: set[int] = set()
    at = 0
    for cell, said in zip(first.cells, roles, strict=False):
        if said in _COUNTED or (understood and said == "" and cell.text):
            found.add(at)
        at += span(cell)
    return found


def _unknown_columns(rows: list[Row]) -> set[int]:
    """The columns of a header that names the files, but not their sizes, of which no word is understood."""
    first = rows[0]
    roles = [role(cell) for cell in first.cells[:_COLUMNS]]
    if first.links or "name" not in roles or "size" in roles:
        return set()
    if any(span(cell) > 1 for cell in first.cells) or _width(first) != max(map(_width, rows[1:9]), default=0):
        return set()
    return {at for at, said in enumerate(roles) if said == "" and first.cells[at].text}


def _width(row: Row) -> int:
    return sum(span(cell) for cell in row.cells[:_COLUMNS])


def shifted(roles: dict[int, str], heading: Row, rows: list[Row]) -> dict[int, str]:
    """The roles of a header that lacks a cell in front, where its rows begin with a box to tick or an icon."""
    if not heading.cells[0].text:
        return roles
    below = [row for row in rows if row.links and row is not heading][:_SAMPLE]
    wider = sum(_width(row) == _width(heading) + 1 and not row.cells[0].text for row in below)
    return {at + 1: said for at, said in roles.items()} if below and wider * 3 >= len(below) * 2 else roles


def bears_out(rows: list[Row], column: int, said: str) -> bool:
    """Whether a column may hold what its header says: a header that lacks a cell names its neighbour's."""
    texts = []
    for row in [row for row in rows if row.links][:_SAMPLE]:
        cell = by_role(row, {column: said}).get(said)
        if cell is not None and cell.text:
            texts.append(cell.text)
    if said == "date":
        against = sum(find_date(text) is None for text in texts)
    else:
        against = sum(find_date(text) is not None or not _may_be_size(text) for text in texts)
    return against * 2 <= len(texts)


def _may_be_size(text: str) -> bool:
    return bool(sizes.looks_like_size(sizes.tidy(text)) or sizes.NOTHING.fullmatch(text) or sizes.with_unit(text))


def int_of(text: str) -> int:
    """The number that `text` begins with, or 0."""
    match = re.match(r"\d{1,9}", text)
    return int(match[0]) if match else 0
