"""What a report was made from: its content, its layout and the program, under one digest."""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.metadata import version
from importlib.resources import files

from monitor.reports.as_html import as_html
from monitor.reports.document import Document
from monitor.store.tables.reports import FiledReport


def template_digest() -> str:
    """SHA-256 of what lays reports out, as PDF and as HTML."""
    empty = as_html(Document("", "", "en", (), ()), "")
    return hashlib.sha256(files("monitor.reports").joinpath("report.typ").read_bytes() + empty.encode()).hexdigest()


def sealed(document: Document, kind: str, party: str, about: str, at: datetime) -> FiledReport:
    """The report as it is put on file."""
    template, engine = template_digest(), f"leftopen {version('leftopen')}, typst {version('typst')}"
    seal = hashlib.sha256(f"{document.digest}\n{template}\n{engine}\n".encode()).hexdigest()
    return FiledReport(at, kind, party, about, document.language, document.digest, template, engine, seal)
