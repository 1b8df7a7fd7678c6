"""Charts as inline SVG, drawn here: a report needs no script, no font and no other file.

Axes run from 0 to 1 unless a chart says otherwise. Colours come from CSS classes (``c0`` ... ``c4`` for
series, ``axis``, ``grid``, ``guide``), so light and dark follow the page. Text is escaped; labels are data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]
#: Series that a chart can tell apart; further ones take the colours again.
SERIES = 5
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing area in SVG units, and the room around it for labels."""

    width: int = 420
    height: int = 260
    left: int = 44
    right: int = 14
    top: int = 12
    bottom: int = 42

    def x(self, share: float) -> float:
        return round(self.left + share * (self.width - self.left - self.right), 1)

    def y(self, share: float) -> float:
        return round(self.height - self.bottom - share * (self.height - self.top - self.bottom), 1)


def line_chart(title: str, series: Mapping[str, Points], x_label: str, y_label: str, *, guide: Points = ()) -> str:
    """Lines through points of the unit square; ``guide`` is a dashed line to compare with."""
    frame = Frame(left=56)
    body = [_path(frame, guide, "guide")] if guide else []
    for number, points in enumerate(series.values()):
        body.append(_path(frame, points, f"line c{number % SERIES}"))
        if len(points) <= 20:
            body.extend(_dot(frame, x, y, number) for x, y in points)
    x_ticks = "".join(_text(frame.x(tick), frame.height - 24, f"{tick:g}", "middle") for tick in _TICKS)
    return _chart(frame, title, [_grid(frame), *body, x_ticks], list(series), x_label, y_label)


def step_chart(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], x_label: str) -> str:
    """Lines over named steps at equal distances, such as recall over k; values from 0 to 1."""
    frame = Frame()
    places = [(at + 0.5) / len(labels) for at in range(len(labels))]
    body = []
    for number, values in enumerate(series.values()):
        points = list(zip(places, values, strict=True))
        body.append(_path(frame, points, f"line c{number % SERIES}"))
        body.extend(_dot(frame, x, y, number) for x, y in points)
    names = [_text(frame.x(x), frame.height - 24, name, "middle") for x, name in zip(places, labels, strict=True)]
    return _chart(frame, title, [_grid(frame), *body, *names], list(series), x_label, "")


def bar_chart(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> str:
    """Lying bars, a group a label, with their values (0 to 1) beside them; None is drawn as a dash."""
    bar, gap = 11, 10
    group = bar * len(series) + gap
    frame = Frame(height=group * len(labels) + 30, left=118, right=40, top=4, bottom=26)
    body = [
        f'<line class="grid" x1="{frame.x(t)}" x2="{frame.x(t)}" y1="4" y2="{frame.height - 26}"/>'
        + _text(frame.x(t), frame.height - 12, f"{t:g}", "middle")
        for t in _TICKS
    ]
    for row, label in enumerate(labels):
        top = 8 + row * group
        body.append(_text(frame.left - 6, top + (group - gap) / 2 + 4, label, "end"))
        for number, values in enumerate(series.values()):
            body.append(_bar(frame, values[row], top + number * bar, bar - 2, number))
    return _chart(frame, title, body, list(series), "", "")


def histogram(title: str, counts: Mapping[str, Sequence[int]], x_label: str) -> str:
    """Stacked columns over equal bins of 0 to 1."""
    frame = Frame()
    bins = len(next(iter(counts.values())))
    highest = max([sum(column) for column in zip(*counts.values(), strict=True)] + [1])
    width = (frame.x(1) - frame.x(0)) / bins
    body = []
    for at in range(bins):
        below = 0
        for number, values in enumerate(counts.values()):
            low, high = frame.y(below / highest), frame.y((below + values[at]) / highest)
            body.append(
                f'<rect class="fill c{number % SERIES}" x="{frame.x(at / bins) + 1:.1f}" y="{high}"'
                f' width="{width - 2:.1f}" height="{low - high:.1f}"/>'
            )
            below += values[at]
    ticks = [_text(frame.x(tick), frame.height - 24, f"{tick:g}", "middle") for tick in _TICKS]
    scale = [_text(frame.left - 6, frame.y(t) + 4, f"{t * highest:g}", "end") for t in (0, 1)]
    rules = [_rule(frame, t) for t in (0, 1)]
    return _chart(frame, title, [*rules, *scale, *body, *ticks], list(counts), x_label, "")


def _chart(frame: Frame, title: str, body: Sequence[str], series: Sequence[str], x_label: str, y_label: str) -> str:
    legend = "".join(
        f'<span><i class="swatch c{number % SERIES}"></i>{escape(name)}</span>' for number, name in enumerate(series)
    )
    labels = _text((frame.x(0) + frame.x(1)) / 2, frame.height - 6, x_label, "middle") if x_label else ""
    if y_label:
        labels += (
            f'<text class="label" text-anchor="middle" transform="translate(11 {frame.y(0.5)}) rotate(-90)">'
            f"{escape(y_label)}</text>"
        )
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{escape(title)}">'
        f"{''.join(body)}{labels}</svg>"
        f'<div class="legend">{legend if len(series) > 1 else ""}</div></figure>'
    )


def _grid(frame: Frame) -> str:
    return "".join(_rule(frame, t) + _text(frame.left - 6, frame.y(t) + 4, f"{t:g}", "end") for t in _TICKS)


def _rule(frame: Frame, share: float) -> str:
    kind = "axis" if share == 0 else "grid"
    y = frame.y(share)
    return f'<line class="{kind}" x1="{frame.x(0)}" x2="{frame.x(1)}" y1="{y}" y2="{y}"/>'


def _path(frame: Frame, points: Points, style: str) -> str:
    return f'<polyline class="{style}" points="{" ".join(f"{frame.x(x)},{frame.y(y)}" for x, y in points)}"/>'


def _dot(frame: Frame, x: float, y: float, number: int) -> str:
    return (
        f'<circle class="fill c{number % SERIES}" cx="{frame.x(x)}" cy="{frame.y(y)}" r="3.5">'
        f"<title>{x:.3g}: {y:.3f}</title></circle>"
    )


def _bar(frame: Frame, value: float | None, top: float, height: float, number: int) -> str:
    end = frame.x(value or 0.0)
    shown = "–" if value is None else f"{value:.2f}"
    return (
        f'<rect class="fill c{number % SERIES}" x="{frame.x(0)}" y="{top}" width="{end - frame.x(0):.1f}"'
        f' height="{height}" rx="1.5"/>' + _text(end + 4, top + height - 0.5, shown, "start")
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="label" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
