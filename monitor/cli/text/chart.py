"""Files a month as a chart: in the terminal, and as an SVG file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping

_STEPS = " ▁▂▃▄▅▆▇█"


_PLOT_WIDTH, _PLOT_HEIGHT, _LEFT, _BOTTOM = 860, 220, 60, 40


def months_text(months: Mapping[str, int]) -> list[str]:
    """A row a year: twelve columns, as high as the month has files, and the year's sum."""
    if not months:
        return []
    most = max(months.values())
    lines = []
    for year in _years(months):
        counts = [months.get(f"{year}-{month:02d}", 0) for month in range(1, 13)]
        drawn = "".join(_STEPS[0] if not n else _STEPS[max(1, round(8 * n / most))] for n in counts)
        lines.append(f"{year}  {drawn}  {sum(counts):,}")
    return lines


def months_svg(months: Mapping[str, int]) -> str:
    """The same as an SVG picture, a bar a month with its count as a tooltip. Numbers and dates alone stand in it."""
    years = _years(months)
    columns = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    most = max(months.values(), default=1)
    width = _PLOT_WIDTH / max(1, len(columns))
    bars, labels = [], []
    for number, month in enumerate(columns):
        count = months.get(month, 0)
        height = _PLOT_HEIGHT * count / most
        x = _LEFT + number * width
        if count:
            bars.append(
                f'<rect x="{x:.1f}" y="{20 + _PLOT_HEIGHT - height:.1f}" width="{max(1.0, width - 1):.1f}" '
                f'height="{height:.1f}"><title>{month}: {count:,} files</title></rect>'
            )
        if month.endswith("-01"):
            labels.append(f'<text x="{x:.1f}" y="{20 + _PLOT_HEIGHT + 18}">{month[:4]}</text>')
    base = 20 + _PLOT_HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _PLOT_WIDTH + 20} {base + _BOTTOM}" role="img" '
        'font-family="sans-serif" font-size="12" fill="#333">'
        f"<title>Files a month, {sum(months.values()):,} in all</title>"
        f'<g fill="#b3261e">{"".join(bars)}</g>'
        f'<line x1="{_LEFT}" y1="{base}" x2="{_LEFT + _PLOT_WIDTH}" y2="{base}" stroke="#333"/>'
        f'<text x="{_LEFT - 8}" y="30" text-anchor="end">{most:,}</text>'
        f'<text x="{_LEFT - 8}" y="{base}" text-anchor="end">0</text>{"".join(labels)}</svg>\n'
    )


def _years(months: Mapping[str, int]) -> list[int]:
    known = sorted(int(month[:4]) for month in months if month[:4].isdigit())
    # A clock that was never set writes 1970: years without files between are not drawn.
    return sorted(set(known))
