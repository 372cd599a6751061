"""The picture of a simulated year, as SVG, in the reader's light or dark."""

WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP = 64, 24, 84
UPPER, LOWER, GAP = 210, 84, 40
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #343a40 }
  .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px; fill: #5c636a }
  .grid { stroke: #dee2e6 } .axis { stroke: #868e96 }
  .band { fill: #c2255c; opacity: .16 } .line { fill: none; stroke: #c2255c; stroke-width: 2.4 }
  .dot { fill: #c2255c } .calm { fill: #1864ab; opacity: .16 } .calmline { fill: none; stroke: #1864ab; stroke-width: 2.4 }
  .calmdot { fill: #1864ab } .limit { stroke: #343a40; stroke-dasharray: 5 4 } .join { stroke: #868e96; stroke-dasharray: 2 4 }
  .control { fill: none; stroke: #868e96; stroke-width: 1.8; stroke-dasharray: 6 4 }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e9ecef } .small { fill: #adb5bd } .grid { stroke: #343a40 } .back { fill: #16191d }
    .line { stroke: #f783ac } .dot, .band { fill: #f783ac } .calmline { stroke: #74c0fc } .calmdot, .calm { fill: #74c0fc }
    .limit { stroke: #e9ecef } .band, .calm { opacity: .22 }
  }
"""


def svg(result):
    """Unsafe inputs that no rule covers, and false alarms, by month, each with its interval."""
    months = result["months"]
    width = WIDTH - LEFT - RIGHT

    def x(place):
        return LEFT + width * (place + 0.5) / len(months)

    first, last = (month["uncovered"] / month["unsafe"] for month in (months[0], months[-1]))
    alarms = sum(month["falseAlarms"] for month in months[1:]) / max(1, sum(m["ordinary"] for m in months[1:]))
    description = (f"A simulated year. The share of unsafe inputs that no rule covers goes from {first:.0%} to {last:.0%}, "
                   f"and to {months[-1]['control']['uncovered'] / months[-1]['unsafe']:.0%} without learning; "
                   f"false alarms after the first month are {alarms:.1%} of ordinary inputs, the limit is "
                   f"{result['limit']:.0%}.")
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
           f'aria-labelledby="title description"><title id="title">A simulated year of the loop</title>'
           f'<desc id="description">{description}</desc><style>{STYLE}</style>',
           f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
           f'<text class="title" x="{LEFT}" y="26">A simulated year: inputs of public test sets, reviewed by a policy</text>',
           f'<text class="small" x="{LEFT}" y="45">Each month is measured before anything is learned from it; '
           f'{months[0]["unsafe"]} unsafe and {months[0]["ordinary"]} ordinary inputs a month; bands are 95% intervals</text>']

    def panel(top, height, highest, steps, name, values, control, intervals, classes, percent):
        def y(value):
            return top + height * (1 - min(value, highest) / highest)

        for step in range(steps + 1):
            value = highest * step / steps
            out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
            out.append(f'<text text-anchor="end" x="{LEFT - 8}" y="{y(value) + 4:.1f}">{percent(value)}</text>')
        out.append(f'<text x="{LEFT}" y="{top - 8}">{name}</text>')
        band = [f"{x(place):.1f},{y(high):.1f}" for place, (low, high) in enumerate(intervals)]
        band += [f"{x(place):.1f},{y(low):.1f}" for place, (low, high) in reversed(list(enumerate(intervals)))]
        out.append(f'<polygon class="{classes[0]}" points="{" ".join(band)}"/>')
        for kind, series in (("control", control), (classes[1], values)):
            line = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(series))
            out.append(f'<polyline class="{kind}" points="{line}"/>')
        out.extend(f'<circle class="{classes[2]}" cx="{x(place):.1f}" cy="{y(value):.1f}" r="3.5"/>'
                   for place, value in enumerate(values))
        return y

    lower_top = TOP + UPPER + GAP
    for place, month in enumerate(months):
        if month["joining"] and place:
            out.append(f'<line class="join" x1="{x(place) - width / len(months) / 2:.1f}" '
                       f'x2="{x(place) - width / len(months) / 2:.1f}" y1="{TOP}" y2="{lower_top + LOWER}"/>')
            out.append(f'<text class="small" x="{x(place) - width / len(months) / 2 + 6:.1f}" y="{TOP + UPPER - 8}">'
                       f'{month["joining"]} new sources</text>')
    uncovered = [month["uncovered"] / month["unsafe"] for month in months]
    control = [month["control"]["uncovered"] / month["unsafe"] for month in months]
    y = panel(TOP, UPPER, 1.0, 4, "Unsafe inputs that no rule covers", uncovered, control,
              [month["uncoveredInterval"] for month in months], ("band", "line", "dot"), lambda v: f"{v:.0%}")
    # Beside the first point, where there may be no room above it.
    for place, across, down in ((0, 34, 16), (len(months) - 1, 0, -10)):
        out.append(f'<text text-anchor="middle" x="{x(place) + across:.1f}" y="{y(uncovered[place]) + down:.1f}">'
                   f'{uncovered[place]:.0%}</text>')
    out.append(f'<text class="small" text-anchor="end" x="{WIDTH - RIGHT}" y="{y(control[-1]) + 18:.1f}">'
               f'the library of month {months[0]["month"]}, without learning: {control[-1]:.0%}</text>')
    highest = max(0.04, 2 * result["limit"])
    y = panel(lower_top, LOWER, highest, 2, "Ordinary inputs that get a rule: false alarms",
              [month["falseAlarms"] / month["ordinary"] for month in months],
              [month["control"]["falseAlarms"] / month["ordinary"] for month in months],
              [month["falseAlarmInterval"] for month in months], ("calm", "calmline", "calmdot"), lambda v: f"{v:.0%}")
    out.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(result["limit"]):.1f}" '
               f'y2="{y(result["limit"]):.1f}"/>')
    out.append(f'<text class="small" text-anchor="end" x="{WIDTH - RIGHT}" y="{y(result["limit"]) - 5:.1f}">the limit</text>')
    bottom = lower_top + LOWER
    for place, month in enumerate(months):
        out.append(f'<text text-anchor="middle" x="{x(place):.1f}" y="{bottom + 18}">{month["month"]}</text>')
    out.append(f'<text text-anchor="middle" x="{LEFT + width / 2:.1f}" y="{bottom + 36}">month</text>')
    return "\n".join(out) + "\n</svg>\n"
