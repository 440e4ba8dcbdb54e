"""The JSON Schema of inventory.yaml, from the model, so that an editor completes keys and shows what they mean."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from monitor.inventory.model.inventory import Inventory

_ADDRESS = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The JSON Schema of an inventory: every key with its description, its default and its words."""
    made = Inventory.model_json_schema()
    parts: dict[str, Any] = made.pop("$defs")
    for model in sections():
        part = made if model is Inventory else parts[model.__name__]
        part.pop("title", None)
        made_keys, part["properties"] = part["properties"], {}
        for key, field in keys_of(model).items():
            default = None if field.is_required() else written(field.default)
            part["properties"][key] = _entry(made_keys[key], field.description or "", default)
    for name, part in parts.items():
        if "enum" in part:
            parts[name] = {"type": "string", "enum": part["enum"]}
    return {"$schema": _ADDRESS, "title": "inventory.yaml of leftopen", **made, "$defs": parts}


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a part of the file, as they are written: the id, what is of this kind alone, what all kinds share."""
    fields = model.model_fields
    own = [key for key in fields if key in model.__annotations__]
    return {fields[key].alias or key: fields[key] for key in dict.fromkeys(("id", *own, *fields)) if key in fields}


def sections() -> tuple[type[BaseModel], ...]:
    """The models of the inventory in the order in which a file names them, each before its parts."""
    found: dict[type[BaseModel], None] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind in found:
                return
            found[kind] = None
            for field in kind.model_fields.values():
                visit(field.annotation)
            return
        for part in getattr(kind, "__args__", ()):
            visit(part)

    visit(Inventory)
    return tuple(found)


def written(value: Any) -> Any:
    """A default as one would write it in the file; None where there is nothing to write."""
    if value is None or isinstance(value, BaseModel) or value == ():
        return None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        size, unit = next(
            (size, unit) for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if seconds % size == 0
        )
        return f"{seconds // size}{unit}"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, tuple):
        return [written(one) for one in value]
    return value


def _entry(entry: dict[str, Any], description: str, default: Any) -> dict[str, Any]:
    for word in ("description", "default"):
        entry.pop(word, None)
    if "anyOf" in entry:
        # An empty key is refused, so an editor must not offer null.
        (entry,) = (one for one in entry["anyOf"] if one.get("type") != "null")
    if entry.get("title") == "size" and default is not None:
        default = f"{default // 2**20}MiB"
    if "enum" in entry or entry.get("type") == "array":
        entry.pop("title", None)
    entry = {"description": description, **entry}
    return entry if default is None else {**entry, "default": default}
