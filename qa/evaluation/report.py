"""An evaluation as one HTML page that needs nothing else: no script, no font, no other file.

Everything that comes from questions and documents is escaped. The page filters its table by CSS alone.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any

from qa.evaluation.evaluate import Evaluation
from qa.evaluation.outcome_table import outcome_table
from qa.evaluation.report_charts import charts
from qa.evaluation.summary import KS, Figures, summarise

_COLUMNS = (*(f"hit@{k}" for k in KS), "all@5", "mrr", "em", "f1", "cover", "abst_acc", "overall")


def render_report(evaluation: Evaluation, *, title: str, collection: str) -> str:
    """The page. ``title`` names the question set; ``collection`` is what it was asked of."""
    figures = summarise(evaluation)
    css = files("qa").joinpath("data", "report.css").read_text(encoding="utf-8")
    about = f"Collection {collection}, commit {evaluation.commit}, {len(evaluation.outcomes):,} questions"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Citespan evaluation</title>
<style>{css}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p class="about">{escape(about)}</p>
{_tiles(figures)}
<h2>By language and type</h2>
{_table(figures)}
<h2>Charts</h2>
<div class="charts">{charts(evaluation, figures)}</div>
<h2>Questions</h2>
{outcome_table(evaluation.outcomes)}
</body>
</html>
"""


def _tiles(figures: Figures) -> str:
    every, silence, sure = figures["all"], figures["abstention"], figures["confidence"]
    cited, time = figures["citations"], figures["cpu_ms"]
    tiles = [
        ("Overall", _share(every["overall"]), "F1, or rightly silent"),
        ("Evidence found", _share(every["hit@5"]), f"in 5 passages; {_share(every['hit@1'])} in the first"),
        ("Answer F1", _share(every["f1"]), f"exact {_share(every['em'])}, cover {_share(every['cover'])}"),
        (
            "Abstention F1",
            _share(silence["f1"]),
            f"precision {_share(silence['precision'])}, recall {_share(silence['recall'])}",
        ),
        ("Calibration error", _share(sure["ece"]), f"area under risk {_share(sure['aurc'])}"),
        (
            "AUROC",
            _share(sure["auroc_answerable"]),
            f"answerable or not; right or wrong {_share(sure['auroc_right'])}",
        ),
        (
            "Exact citations",
            f"{cited['exact']:,}",
            f"of {cited['checked']:,}; {cited['bracketed_pinyin']} pinyin left in brackets",
        ),
        ("CPU time", _ms(time["mean"]), f"a question; median {_ms(time['p50'])}, p95 {_ms(time['p95'])}"),
    ]
    held = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"
        for name, value, note in tiles
    )
    return f'<dl class="tiles">{held}</dl>'


def _table(figures: Figures) -> str:
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in ("", "questions", *_COLUMNS))
    rows = [_row("all questions", figures["all"], "all")]
    for heading, slices in (("By language", figures["by_lang"]), ("By type", figures["by_type"])):
        rows.append(f'<tr class="group"><th colspan="{len(_COLUMNS) + 2}">{heading}</th></tr>')
        rows.extend(_row(name, slices[name]) for name in slices)
    return (
        f'<div class="wide"><table class="figures"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(name: str, found: dict[str, Any], style: str = "") -> str:
    cells = "".join(f"<td>{_share(found[column])}</td>" for column in _COLUMNS)
    return f'<tr class="{style}"><th scope="row">{escape(name)}</th><td>{found["questions"]:,}</td>{cells}</tr>'


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ms"
