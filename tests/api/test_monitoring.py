"""The dashboard and the alert rules speak of what the service really exports: its metrics, labels and values."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import promql_parser
import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families
from small_service import Server, start_server

from api.problems import PROBLEMS
from qa.results import REASONS

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus-alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana-dashboard.json"
PAGE = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
OF_PROMETHEUS = {"job", "instance"}
Exported = dict[str, list[dict[str, str]]]
"""The labels of every sample, by its name."""


def alerts() -> list[dict[str, object]]:
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, object]]:
    return json.loads(DASHBOARD.read_text("utf-8"))["panels"]


def shown() -> dict[str, str]:
    """Every expression of the dashboard by its panel, Grafana's own variables filled in."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
        for panel in panels()
        for target in panel.get("targets", [])
    }


EXPRESSIONS = {str(rule["alert"]): str(rule["expr"]) for rule in alerts()} | shown()


@pytest.fixture(scope="module")
def exported(server: Server) -> Exported:
    """What the real service exports once it was asked something."""
    for route in ("ask", "search"):
        requests.post(f"{server.url}/v1/{route}", json={"question": "可灵收入"}, timeout=30).raise_for_status()
    found: Exported = {}
    for family in text_string_to_metric_families(requests.get(f"{server.url}/metrics", timeout=30).text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def nodes(expression: str, kind: type) -> Iterator[object]:
    """The nodes of a kind in ``expression``. ValueError where it is no PromQL."""
    found: list[object] = []
    promql_parser.walk(promql_parser.parse(expression), lambda node: found.append(node))
    return (node for node in found if isinstance(node, kind))


def selectors(expression: str) -> list[promql_parser.VectorSelector]:
    return list(nodes(expression, promql_parser.VectorSelector))


def labels_of(expression: str, exported: Exported) -> set[str]:
    """Every label that a series of ``expression`` may have."""
    names = {str(selector.name) for selector in selectors(expression)}
    return OF_PROMETHEUS | {label for name in names for labels in exported.get(name, []) for label in labels}


@pytest.mark.parametrize("place", EXPRESSIONS)
def test_every_metric_and_label_is_exported(place: str, exported: Exported):
    for selector in selectors(EXPRESSIONS[place]):
        assert selector.name in exported, selector.name
        for matcher in selector.matchers.matchers:
            if matcher.name in OF_PROMETHEUS:
                continue
            values = {labels.get(matcher.name) for labels in exported[selector.name]}
            assert values != {None}, f"{selector.name} has no label {matcher.name}"
            if matcher.name == "code":
                assert set(matcher.value.split("|")) <= PROBLEMS.keys()
            elif matcher.name != "status":
                assert matcher.value in values, f"{selector.name} has no {matcher.name}={matcher.value}"


@pytest.mark.parametrize("place", EXPRESSIONS)
def test_every_sum_is_by_labels_that_are_there(place: str, exported: Exported):
    for sum_ in nodes(EXPRESSIONS[place], promql_parser.AggregateExpr):
        if sum_.modifier is not None:
            assert set(sum_.modifier.labels) <= labels_of(sum_.expr.prettify(), exported)


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_a_rule_is_whole_and_its_words_name_labels_that_are_there(rule, exported: Exported):
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    told = rule["annotations"]
    assert told.keys() == {"summary", "description"}
    words = " ".join(told.values())
    assert set(re.findall(r"\$labels\.(\w+)", words)) <= labels_of(rule["expr"], exported)
    assert f"`{rule['alert']}`" in PAGE


def test_panels_have_titles_places_and_names_for_their_series(exported: Exported):
    taken: set[tuple[int, int]] = set()
    ids = [panel["id"] for panel in panels()]
    assert len(ids) == len(set(ids)) > 30
    for panel in panels():
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert panel["title"]
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
        for target in panel.get("targets", []):
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert named <= labels_of(shown()[f"{panel['title']} {target['refId']}"], exported)


def test_every_metric_is_told_of_and_no_other(exported: Exported):
    of_service = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported}
    assert not [name for name in of_service if f"`{name}`" not in PAGE]
    assert not set(re.findall(r"`(citespan_\w+)`", PAGE)) - of_service - exported.keys()


def test_the_reasons_that_are_counted_are_those_there_are(exported: Exported):
    assert {labels["outcome"] for labels in exported["citespan_answers_total"]} == {"answered", *REASONS}


@pytest.fixture
def scraped(tmp_path: Path) -> tuple[Path, dict]:
    """The folder of ``prometheus.yml`` after the page's command was run there, and the job in it."""
    (command,) = (line for line in re.findall(r"^\(umask.*", PAGE, re.MULTILINE))
    environ = {**os.environ, "CITESPAN_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    program = f'citespan() {{ "{sys.executable}" -m api "$@"; }}; '
    subprocess.run(["sh", "-c", program + command], check=True, cwd=tmp_path, env=environ, timeout=60)
    (job,) = yaml.safe_load(re.findall(r"```yaml\n(# prometheus.yml\n.*?)```", PAGE, re.DOTALL)[0])["scrape_configs"]
    return tmp_path, job


def scrape(server: Server, folder: Path, job: dict) -> int:
    """The status of a scrape as Prometheus would make it of ``job``: by the key in its file, trimmed, as a bearer."""
    told = job.get("authorization", {})
    headers = {}
    if "credentials_file" in told:
        headers["Authorization"] = f"Bearer {(folder / told['credentials_file']).read_text('utf-8').strip()}"
    return requests.get(f"{server.url}{job.get('metrics_path', '/metrics')}", headers=headers, timeout=30).status_code


def test_the_scrape_of_the_page_works_where_there_are_keys(scraped: tuple[Path, dict]):
    folder, job = scraped
    without = {name: value for name, value in job.items() if name != "authorization"}
    assert (folder / "citespan.key").stat().st_mode & 0o077 == 0
    with start_server(folder) as keyed:
        assert (scrape(keyed, folder, job), scrape(keyed, folder, without)) == (200, 401)
    with start_server(folder, CITESPAN_METRICS_OPEN="true") as opened:
        assert (scrape(opened, folder, job), scrape(opened, folder, without)) == (200, 200)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with Prometheus")
def test_alerts_fire_when_they_should():
    done = subprocess.run(
        ["promtool", "test", "rules", str(Path(__file__).with_name("alerts_test.yaml"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_no_promql_would_be_noticed():
    with pytest.raises(ValueError):
        selectors("sum by (a (rate(x[5m]))")
