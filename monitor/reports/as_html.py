"""A report as one HTML file without scripts, pictures or anything from elsewhere."""

from __future__ import annotations

from html import escape

from monitor.reports.document import Document, Section

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}"
    "h1{margin:0}h2{margin:2rem 0 .5rem}.summary{border:2px solid #1a1a1a;padding:.5rem 1rem}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;padding:.3rem .6rem .3rem 0;"
    "border-bottom:1px solid #767676;vertical-align:top}.table{overflow-x:auto}footer{margin-top:2rem;color:#555;"
    "overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{color:#eee;background:#111}"
    ".summary{border-color:#eee}footer{color:#bbb}}@media print{body{margin:0;max-width:none}h2{break-after:avoid}"
    "tr{break-inside:avoid}}"
)


def as_html(document: Document, closing: str) -> str:
    """The report; `closing` is its last line."""
    summary = "".join(f"<p>{escape(line)}</p>" for line in document.summary)
    return (
        f'<!doctype html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(document.title)}</h1>\n<p>{escape(document.subtitle)}</p>\n<div class="summary">{summary}</div>\n'
        + "".join(map(_section, document.sections))
        + f"<footer><p>{escape(closing)}</p></footer>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    text = "".join(f"<p>{escape(line)}</p>\n" for line in section.text)
    return f"<section>\n<h2>{escape(section.heading)}</h2>\n{text}{_table(section)}</section>\n"


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in section.head)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(one)}</td>" for one in row[1:])}</tr>'
        for row in section.rows
    )
    return f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n'
