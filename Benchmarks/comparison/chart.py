"""A chart of bars as SVG: CPU per request, one block of bars for each work."""

from xml.sax.saxutils import escape

WIDTH, BAR, GAP, LABEL, SCALE = 900, 18, 6, 230, 560
OURS, OTHERS = "#b5302a", "#7a8894"


def chart(blocks):
    """- Parameter blocks: titles, and by server the lowest, the median and the highest figure."""
    parts, top = [], 30
    for title, rows in blocks:
        parts.append(f'<text x="10" y="{top}" font-weight="bold">{escape(title)}: CPU µs a request</text>')
        top += 12
        widest = max(high for _, _, high in rows.values())
        for name, (low, median, high) in rows.items():
            parts += _bar(name, low, median, high, widest, top)
            top += BAR + GAP
        top += 30
    style = 'font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" {style}>'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{top}" fill="white"/>', *parts, "</svg>", ""])


def _bar(name, low, median, high, widest, top):
    def place(value):
        return LABEL + value / widest * SCALE

    middle = top + BAR / 2
    colour = OURS if name.startswith("gateway") else OTHERS
    return [
        f'<text x="{LABEL - 8}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>',
        f'<rect x="{LABEL}" y="{top}" width="{place(median) - LABEL:.1f}" height="{BAR}" fill="{colour}"/>',
        f'<line x1="{place(low):.1f}" y1="{middle}" x2="{place(high):.1f}" y2="{middle}" stroke="black"/>',
        f'<text x="{place(high) + 6:.1f}" y="{middle + 4}">{median:.1f}</text>',
    ]
