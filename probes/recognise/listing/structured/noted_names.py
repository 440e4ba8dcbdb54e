"""Texts in which a program or a person noted the names of files: YAML, what PHP prints of an array, tables and lists of
Markdown."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from probes.recognise.listing.structured.fields_of_rows import Row, has_extension, is_name
from probes.recognise.listing.structured.groups import FOLDER

_LEAST: Final = 2
_ARRAY: Final = re.compile(
    r"\s{0,40}(?:Array|array\(\d{1,9}\) \{|[(){}]|\[\d{1,9}\] ?=>|=>|\d{1,9} =>|array \(|\),?)\s{0,8}"
)
"""Lines that stand around the values of an array, as `print_r`, `var_dump` and `var_export` write it."""
_VALUE: Final = re.compile(
    r"\s{0,40}(?:\[\d{1,9}\] ?=> ?|\d{1,9} => ?)(?:string\(\d{1,6}\) )?([\"']?)([^\"'\s].{0,1023}?)\1,?\s{0,8}"
)
_DUMPED: Final = re.compile(r"\s{0,40}string\(\d{1,6}\) \"([^\"]{1,1024})\"\s{0,8}")
_ITEM: Final = re.compile(r"(\s{0,40})- (?:([A-Za-z_][\w-]{0,40}):(?: (.{1,1024}))?|(.{1,1024}))")
_FIELD: Final = re.compile(r"(\s{1,40})([A-Za-z_][\w-]{0,40}):(?: (.{0,1024}))?")
_HEAD: Final = re.compile(r"---|\.\.\.|#.{0,400}|[A-Za-z_][\w-]{0,40}:(?: .{0,400})?")
_LINK: Final = re.compile(r"\[([^\[\]]{1,512})\]\(<?([^()<>\s]{1,1024})>?(?: \"[^\"]{0,200}\")?\)")
_BULLET: Final = re.compile(r"\s{0,12}[-*+] ")
_RULE: Final = re.compile(r"[|:\s-]{3,400}")


def array_rows(lines: list[str]) -> list[Row]:
    """The values of one array that are names, as PHP prints it; nothing where the text says more than that."""
    names: list[str] = []
    for line in lines:
        if (match := _VALUE.fullmatch(line)) is not None and not _ARRAY.fullmatch(line):
            names.append(match[2])
        elif (dumped := _DUMPED.fullmatch(line)) is not None:
            names.append(dumped[1])
        elif not _ARRAY.fullmatch(line):
            return []
    return _named([name for name in names if name not in (".", "..")])


def _named(names: list[str]) -> list[Row]:
    """Names as rows; a name without an ending beside names with one is a folder's."""
    if len(names) < _LEAST or not all(is_name(name) for name in names) or not any(map(has_extension, names)):
        return []
    return [{"name": name.rstrip("/"), FOLDER: not has_extension(name)} for name in names]


def yaml_rows(lines: list[str]) -> list[Row]:
    """The items of the one list that a text of YAML holds: mappings as rows of their fields, or names alone."""
    rows: list[Row] = []
    names: list[str] = []
    inside = ""
    for line in lines:
        if (item := _ITEM.fullmatch(line)) is not None:
            if (rows or names) and item[1] != inside:
                return []  # a list in a list is of something else
            inside = item[1]
            if item[2]:
                rows.append({item[2]: _scalar(item[3] or "")})
            else:
                names.append(_scalar(item[4]))
        elif (field := _FIELD.fullmatch(line)) is not None and rows and len(field[1]) > len(inside):
            rows[-1].setdefault(field[2], _scalar(field[3] or ""))
        elif _HEAD.fullmatch(line) is None:
            return []
    if names:
        return [] if rows else _named(names)
    return rows if len(rows) >= _LEAST and len({frozenset(row) for row in rows}) <= _LEAST else []


def _scalar(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def markdown_rows(lines: list[str]) -> list[Row]:
    """The rows of a table or list of Markdown in which each link shows the very name that it leads to: anything else is
    what somebody wrote."""
    rows: list[Row] = []
    others = 0
    for line in lines:
        links = _LINK.findall(line)
        if len(links) != 1 or not (line.lstrip().startswith("|") or _BULLET.match(line)):
            others += not (line.startswith(("#", "|")) or _RULE.fullmatch(line))
            continue
        shown, target = links[0]
        name = unquote(target.rstrip("/").rpartition("/")[2], errors="replace")
        if shown.strip("`*/ ") != name:
            return []
        row: Row = {"name": name, "href": target, FOLDER: target.endswith("/")}
        for cell in line.strip("| ").split("|"):
            if "](" not in cell and (said := cell.strip()):
                row.setdefault("date" if "-" in said or ":" in said else "size", said)
        rows.append(row)
    return rows if len(rows) >= _LEAST and not others else []
