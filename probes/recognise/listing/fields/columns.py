"""Which column of a table holds what, by its header cells in the languages that servers speak."""

from __future__ import annotations

import re

from probes.recognise.listing.html.blocks import Cell, Row
from probes.recognise.listing.html.markup import squeeze

_WORDS = {
    "size": "size filesize bytes length größe grösse groesse grösze dateigröße taille poids tamaño tamano tamanho "
    "dimensione dimensioni grootte storlek størrelse koko размер 大小 文件大小 檔案大小 サイズ 크기 boyut velikost "
    "veľkosť rozmiar méret μέγεθος الحجم حجم ขนาด peso dimensiune mida suurus dydis izmērs величина розмір "
    "розмір kb mb lengd stærð",
    "date": "date modified lastmodified modification modify datum geändert geaendert änderungsdatum modifié modifie "
    "modificado modificación modificação fecha data modificato gewijzigd ändrad ändrat ændret endret muokattu дата "
    "изменен изменён изменено изменения 修改时间 修改日期 最后修改 时间 日期 更新日時 最終更新 更新日期 最終更新日 "
    "日時 변경 수정 수정일 날짜 tarih değiştirme zuletzt changed time uploaded created mtime timestamp changement "
    "ostatnia módosítva dátum změněno upraveno zmodyfikowano ημερομηνία التاريخ تاریخ วันที่ updated age "
    "muutettu hora upload ultima última ultimo último",
    "type": "type kind typ tipo tyyppi soort тип 类型 種類 типа tür típus content mime extension",
    "name": "name filename file files directory folder datei dateiname dateien nom fichier fichiers nombre archivo "
    "naam bestand bestandsnaam namn navn filnavn filnamn nimi nome имя название файл файлы 名称 名稱 名前 文件名 文件 "
    "文件名称 ファイル名 ファイル 檔名 이름 파일 isim ad dosya jméno název nazwa plik név fájl όνομα الاسم نام "
    "ชื่อ arquivo numele nume nom ime pavadinimas nosaukums назва item title filnamn tên 파일명",
    "description": "description beschreibung descripción descrição descrizione описание 描述 説明 "
    "comment comments notes",
    "hits": "hits downloads download count downloaded",
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
    found = [_ROLE[word] for word in _WORD.findall(low) if word in _ROLE]
    for wanted in ("size", "date", "type", "name", "hits", "owner", "description"):
        if wanted in found:
            return wanted
    return ""


def header(row: Row) -> dict[int, str] | None:
    """The roles of a header row by column, or None when the row announces no name beside a size, date or type."""
    roles: dict[int, str] = {}
    at = 0
    for cell in row.cells[:24]:
        found = role(cell)
        if found and found not in roles.values():
            roles[at] = found
        at += span(cell)
    said = set(roles.values())
    if "name" in said and said & {"size", "date", "type", "description"}:
        return roles
    if {"size", "date"} <= said and len(row.cells) >= 2:
        return roles
    return None


def span(cell: Cell) -> int:
    """How many columns a cell takes."""
    value = cell.attributes.get("colspan", "1").strip()
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
            if said and said not in found:
                found[said] = cell
                break
        at += width
    return found
