"""The reference tables of docs/inventory.md, made from the schema: `python -m monitor.inventory.reference FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from monitor.inventory.model.assets import DeclaredAsset
from monitor.inventory.schema import schema, sections

BEGIN = "<!-- made by monitor/inventory/reference.py: do not edit below -->"
END = "<!-- end of the made part -->"

_HEADINGS = {
    "Inventory": "The file",
    "Promises": "promises",
    "Timeouts": "timeouts",
    "Survey": "survey",
    "Acknowledge": "acknowledge",
    "Quiet": "quiet",
    "Rotation": "rotation",
    "Override": "overrides",
    "Heartbeat": "heartbeat",
    "Credentials": "credentials",
    "EvidenceLog": "log",
    "WitnessService": "witness",
    "Fleet": "fleet",
    "Web": "web",
    "SignIn": "sign_in",
    "Grant": "grants",
}
_KEYS = {
    "Organisation": "organisation",
    "Vantage": "vantage, vantages",
    "Network": "networks",
    "Party": "parties",
    "Contract": "contracts",
    "Channel": "channels",
    "Schedule": "schedules",
    "Defaults": "defaults",
    "Budget": "budget",
    "HostAsset": "assets: a host",
    "BucketAsset": "assets: a bucket",
    "Bucket": "bucket",
    "Service": "services",
    "Public": "public",
    "EServices": "eservices",
    "ListedService": "services of a portal",
    "RoleMatrix": "roles",
    "MatrixSubject": "subjects",
    "MatrixCanary": "canaries",
    "MatrixRule": "rules",
    "SignInPage": "sign_in: a form",
    "AccessLog": "access_log",
    "LogColumns": "columns",
    "LogActor": "actors",
    "LogObject": "objects",
    "LogStep": "session",
    "Dispatch": "dispatch",
    "DispatchBox": "boxes",
    "Imap": "imap",
    "DispatchCase": "cases",
    "MonthlyCount": "monthly",
    "Account": "accounts",
    "LogWitness": "witnesses",
    "TimeStamps": "log.timestamps",
    "WatchedLog": "logs",
    "Controls": "controls",
    "Control": "open, closed",
}


def reference() -> str:
    """The reference as Markdown: a table for each part of the file, in the file's order."""
    made = schema()
    parts: dict[str, Any] = made["$defs"]
    blocks: list[str] = []
    for model in sections():
        part = made if model.__name__ == "Inventory" else parts[model.__name__]
        heading = _HEADINGS.get(model.__name__) or _KEYS[model.__name__]
        title = heading if model.__name__ == "Inventory" else ", ".join(f"`{key}`" for key in heading.split(", "))
        common = parts["Defaults"]["properties"] if issubclass(model, DeclaredAsset) else {}
        rows = [
            _row(key, entry, parts, _left_out(entry, key in part.get("required", ()), key in common))
            for key, entry in part["properties"].items()
        ]
        blocks.append("\n".join((f"### {title}", "", part["description"], "", _HEAD, *rows)))
    return "\n\n".join(blocks) + "\n"


_HEAD = "| key | value | if left out | means |\n|---|---|---|---|"


def renewed(page: str) -> str:
    """`page` with its made part made anew. Raises ValueError when the markers are not in it."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the markers of the made part are missing")
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def _row(key: str, entry: dict[str, Any], parts: dict[str, Any], left_out: str) -> str:
    return f"| `{key}` | {_value(entry, parts)} | {left_out} | {entry['description']} |"


def _left_out(entry: dict[str, Any], required: bool, common: bool) -> str:
    if required:
        return "**needed**"
    if common:
        return "as in `defaults`"
    return f"`{_plain(entry['default'])}`" if "default" in entry else "-"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _value(entry: dict[str, Any], parts: dict[str, Any]) -> str:
    if "$ref" in entry:
        name = entry["$ref"].rpartition("/")[2]
        return _value(parts[name], parts) if "enum" in parts[name] else f"see {_linked(name)}"
    if "const" in entry:
        return f"`{entry['const']}`"
    if "enum" in entry:
        return ", ".join(f"`{word}`" for word in entry["enum"])
    if entry.get("type") == "array":
        inner = entry["items"]
        if "oneOf" in inner:
            kinds = [_linked(one["$ref"].rpartition("/")[2]) for one in inner["oneOf"]]
            return f"list; see {' or '.join(kinds)}"
        return f"list; {_value(inner, parts)}" if "$ref" in inner else f"list of: {_value(inner, parts)}"
    if "minimum" in entry and entry["minimum"] == entry["maximum"]:
        return f"`{entry['minimum']}`"
    if "minimum" in entry:
        return f"{entry['title']}, {entry['minimum']} to {entry['maximum']}"
    return str(entry["title"])


def _linked(name: str) -> str:
    heading = _HEADINGS.get(name) or _KEYS[name]
    return f"[{heading}](#{heading.replace(', ', '-').replace(': ', '-').replace(' ', '-')})"


def main() -> None:
    """Make the reference in the page that is named on the command line anew."""
    page = Path(sys.argv[1])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
