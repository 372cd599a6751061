"""A picture of recall against queries a second, as SVG, in the reader's light or dark."""

import math

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 56, 54
RECALLS = (0.80, 0.90, 0.95, 0.98, 0.99, 0.995, 0.998)
COLORS = ("#0b7285", "#2b8a3e", "#5f3dc4", "#c2255c", "#d9480f", "#1864ab", "#846358", "#868e96", "#a61e4d", "#087f5b",
          "#364fc7", "#862e9c", "#5c940d")
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #343a40 }
  .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #dee2e6 } .line { fill: none; stroke-width: 1.6 } .ours { stroke-width: 3.4 }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e9ecef } .grid { stroke: #343a40 } .back { fill: #16191d } .line { filter: brightness(1.6) }
    .label { filter: brightness(1.6) }
  }
"""


def spread(recall):
    """Recall on a scale on which each halving of what is missed is as wide as the last."""
    return -math.log2(max(1 - recall, 1e-6))


def envelope(points):
    """The points that no other beats in both recall and speed, by rising recall."""
    best = []
    for point in sorted(points, key=lambda p: (-p["recall"], -p["queriesPerSecond"])):
        if not best or point["queriesPerSecond"] > best[-1]["queriesPerSecond"]:
            best.append(point)
    return best[::-1]


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def svg(report):
    low, high = spread(RECALLS[0]), spread(RECALLS[-1])
    curves = []
    for result in report["results"]:
        points = [p for p in envelope(result["points"]) if low <= spread(p["recall"]) <= high]
        if len(points) > 1:
            curves.append((result["engine"], points))
    speeds = [p["queriesPerSecond"] for _, points in curves for p in points] or [1, 10]
    bottom, top = math.log10(min(speeds)) - 0.05, math.log10(max(speeds)) + 0.05

    def x(recall):
        return LEFT + (spread(recall) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(speed):
        return HEIGHT - BOTTOM - (math.log10(speed) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
             f"<title>Queries a second against recall@{report['k']}</title>", f"<style>{STYLE}</style>",
             f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
             f'<text class="title" x="{LEFT}" y="24">Queries a second on one core, against recall@{report["k"]}</text>',
             f'<text x="{LEFT}" y="42">{report["rows"]:,} x {report["dimensions"]}, {escaped(report["processor"])}; '
             "up and to the right is better</text>"]
    for recall in RECALLS:
        lines.append(f'<line class="grid" x1="{x(recall):.1f}" x2="{x(recall):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        lines.append(f'<text x="{x(recall):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{recall:g}</text>')
    for exponent in range(math.floor(bottom), math.ceil(top) + 1):
        for digit in (1, 2, 5):
            speed = digit * 10 ** exponent
            if bottom <= math.log10(speed) <= top:
                lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(speed):.1f}" y2="{y(speed):.1f}"/>')
                lines.append(f'<text x="{LEFT - 8}" y="{y(speed) + 4:.1f}" text-anchor="end">{speed:,}</text>')
    lines.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">recall@{report["k"]}</text>')
    # Labels stand at the ends of their lines, pushed apart where they would meet.
    ends = sorted(((y(points[-1]["queriesPerSecond"]), number) for number, (_, points) in enumerate(curves)))
    places, last = {}, -math.inf
    for end, number in ends:
        last = max(end, last + 15)
        places[number] = last
    overflow = max(0, max(places.values(), default=0) - (HEIGHT - BOTTOM))
    for number, (name, points) in enumerate(curves):
        color = COLORS[number % len(COLORS)]
        path = " ".join(f"{x(p['recall']):.1f},{y(p['queriesPerSecond']):.1f}" for p in points)
        ours = " ours" if name.startswith("Fingerpost") else ""
        lines.append(f'<polyline class="line{ours}" stroke="{color}" points="{path}"/>')
        place = places[number] - overflow
        lines.append(f'<text class="label" x="{WIDTH - RIGHT + 14}" y="{place + 4:.1f}" style="fill:{color}">{escaped(name)}</text>')
        lines.append(f'<line class="label" stroke="{color}" stroke-width="0.7" x1="{x(points[-1]["recall"]):.1f}" '
                     f'x2="{WIDTH - RIGHT + 11}" y1="{y(points[-1]["queriesPerSecond"]):.1f}" y2="{place:.1f}"/>')
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
