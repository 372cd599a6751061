"""Pictures of speed against recall, and against the number of rows, as SVG, in the reader's light or dark."""

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
    """Queries a second against recall."""
    low, high = RECALLS[0], RECALLS[-1]
    curves = [(result["engine"], [(spread(p["recall"]), p["queriesPerSecond"])
                                  for p in envelope(result["points"]) if low <= p["recall"] <= high])
              for result in report["results"]]
    return plot(f"Queries a second on one core, against recall@{report['k']}",
                f"{report['rows']:,} x {report['dimensions']}, {report['processor']}; up and to the right is better",
                f"recall@{report['k']}", [(spread(recall), f"{recall:g}") for recall in RECALLS], curves)


def scale_svg(reports, wanted, speed_at):
    """Queries a second at a recall against the number of rows."""
    curves = {}
    for report in reports:
        for result in report["results"]:
            speed = speed_at(result["points"], wanted)
            if speed:
                curves.setdefault(result["engine"], []).append((math.log10(report["rows"]), speed))
    first = reports[0]
    return plot(f"Queries a second on one core at recall@{first['k']} {wanted:g}, against rows",
                f"{first['dimensions']} dimensions, {first['processor']}; higher is better", "rows",
                [(math.log10(report["rows"]), f"{report['rows']:,}") for report in reports], list(curves.items()))


def plot(title, subtitle, across, marks, curves):
    """Curves of (place, speed), speeds on a logarithmic scale; `marks` are places and what to call them."""
    curves = [(name, points) for name, points in curves if len(points) > 1]
    low, high = marks[0][0], marks[-1][0]
    speeds = [speed for _, points in curves for _, speed in points] or [1, 10]
    bottom, top = math.log10(min(speeds)) - 0.05, math.log10(max(speeds)) + 0.05

    def x(place):
        return LEFT + (place - low) / max(high - low, 1e-9) * (WIDTH - LEFT - RIGHT)

    def y(speed):
        return HEIGHT - BOTTOM - (math.log10(speed) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
             f"<title>{escaped(title)}</title>", f"<style>{STYLE}</style>",
             f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
             f'<text class="title" x="{LEFT}" y="24">{escaped(title)}</text>',
             f'<text x="{LEFT}" y="42">{escaped(subtitle)}</text>']
    for place, name in marks:
        lines.append(f'<line class="grid" x1="{x(place):.1f}" x2="{x(place):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        lines.append(f'<text x="{x(place):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{name}</text>')
    for exponent in range(math.floor(bottom), math.ceil(top) + 1):
        for digit in (1, 2, 5):
            speed = digit * 10 ** exponent
            if bottom <= math.log10(speed) <= top:
                lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(speed):.1f}" y2="{y(speed):.1f}"/>')
                lines.append(f'<text x="{LEFT - 8}" y="{y(speed) + 4:.1f}" text-anchor="end">{speed:,}</text>')
    lines.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{across}</text>')
    # Labels stand at the ends of their lines, pushed apart where they would meet.
    ends = sorted((y(points[-1][1]), number) for number, (_, points) in enumerate(curves))
    places, last = {}, -math.inf
    for end, number in ends:
        last = max(end, last + 15)
        places[number] = last
    overflow = max(0, max(places.values(), default=0) - (HEIGHT - BOTTOM))
    for number, (name, points) in enumerate(curves):
        color = COLORS[number % len(COLORS)]
        path = " ".join(f"{x(place):.1f},{y(speed):.1f}" for place, speed in points)
        ours = " ours" if name.startswith("Fingerpost") else ""
        lines.append(f'<polyline class="line{ours}" stroke="{color}" points="{path}"/>')
        place = places[number] - overflow
        lines.append(f'<text class="label" x="{WIDTH - RIGHT + 14}" y="{place + 4:.1f}" style="fill:{color}">{escaped(name)}</text>')
        lines.append(f'<line class="label" stroke="{color}" stroke-width="0.7" x1="{x(points[-1][0]):.1f}" '
                     f'x2="{WIDTH - RIGHT + 11}" y1="{y(points[-1][1]):.1f}" y2="{place:.1f}"/>')
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
