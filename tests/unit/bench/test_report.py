"""Figures out of raw samples: what is told is what was measured."""

import json
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.figures import FIGURES, Figure, only, p95, percentile, summary
from tests.bench.samples import Raw, read_all

MACHINE = {"cores": 2, "processor": "x", "python": "3.11", "asterisk": "22.1~1"}
RATIO = next(figure for figure in FIGURES if figure.name == "inbound_rate_ratio")
POP = next(figure for figure in FIGURES if figure.name == "pop_drawn")


def raw(benchmark: str, run: int, **samples: list[float]) -> Raw:
    return Raw(benchmark, run, f"c{run}", f"2026-11-26T22:0{run}:00Z", MACHINE, samples)


@pytest.mark.parametrize(
    ("share", "value"), [(50, 50), (95, 95), (99, 99), (100, 100), (0.5, 1), (99.5, 100)]
)
def test_a_percentile_is_a_sample_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_the_percentile_of_one_sample_is_that_sample() -> None:
    assert p95([7.0]) == 7.0


def test_what_is_measured_once_a_run_must_be_there_once() -> None:
    with pytest.raises(ValueError, match="too many"):
        only([1.0, 2.0])


def test_a_figure_is_the_median_of_its_runs_with_the_least_and_the_greatest() -> None:
    runs = [{"ratio": [value]} for value in (0.5, 0.9, 0.6)]
    assert summary(RATIO, runs) == (0.6, 0.5, 0.9)


def test_a_delay_is_by_how_much_the_one_is_longer_than_the_other() -> None:
    delay = Figure("x", "b", "flooded", max, "ms", "x", less="alone")
    assert summary(delay, [{"alone": [5.0, 3.0], "flooded": [7.0, 11.0]}]) == (6.0, 6.0, 6.0)


@pytest.mark.parametrize(
    ("direction", "value", "met"),
    [("min", 0.5, True), ("min", 0.49, False), ("max", 0.5, True), ("max", 0.51, False)],
)
def test_a_target_is_met_on_its_right_side(direction: str, value: float, met: bool) -> None:
    figure = Figure("x", "b", "s", only, "", "x", 0.5, direction)
    assert figure.met(value) is met


def test_without_a_target_nothing_is_met_or_missed() -> None:
    assert Figure("x", "b", "s", only, "", "x").met(1.0) is None


def test_an_entry_names_its_runs_and_where_they_lie() -> None:
    raws = [raw("calls", n, ratio=[value]) for n, value in ((1, 0.4), (2, 0.6), (3, 0.5))]
    (entry,) = report.entries(raws)
    assert (entry["value"], entry["spread"], entry["met"]) == (0.5, [0.4, 0.6], True)
    assert entry["raw"] == [f"bench/calls-{n}.json" for n in (1, 2, 3)]
    assert (entry["commit"], entry["date"]) == ("c3", "2026-11-26T22:03:00Z")


def test_what_was_not_measured_is_not_told() -> None:
    assert report.entries([raw("pop", 1, pop_ms=[])]) == []


def test_a_missed_target_stands_on_the_page_as_missed() -> None:
    page = report.page(report.entries([raw("pop", 1, pop_ms=[150.0])]))
    (row,) = [line for line in page.splitlines() if POP.text in line]
    assert row.endswith("| 150 ms | 1: 150 – 150 | ≤ 100 ms | **not met** |")


def test_the_page_is_computed_from_the_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "bench"
    folder.mkdir()
    text = json.dumps(raw("pop", 1, pop_ms=[20.0]).__dict__)
    (folder / "pop-1.json").write_text(text)
    (folder / "other.json").write_text("{}")
    assert [one.samples for one in read_all(folder)] == [{"pop_ms": [20.0]}]
    report.write(folder)
    (told,) = json.loads((tmp_path / "benchmarks.json").read_text())
    assert told["value"] == 20.0
    assert "| 20 ms |" in (tmp_path / "benchmarks.md").read_text()


def test_no_two_figures_have_one_name() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
