"""What serves a lecture: the lesson that is one, the plans, and the line that learners send."""

import re

import numpy as np
import pytest
from lessons import NAMES, code_cells, outputs, read
from test_rhythm import NOTES, headings, main_line, markdown, section

from gmm_lesson import Mixture, em, fit, load
from gmm_lesson.study.triage import triage

NAME = "one_lecture"
DEEPER = {
    "You are EM": ["00", "01", "02"],
    "The E-step, on paper": ["03"],
    "The M-step, on paper": ["04"],
    "The loop": ["05"],
    "Predict": ["06"],
    "How many classes?": ["07", "08", "09"],
}
"""Which lessons the sections lead to; two measures and scikit-learn after the last prediction."""
PLANS = {"45 minutes": 45, "2 x 90 minutes": 180, "A workshop of 3 hours": 180}
PLANS["Four weeks of 2 x 45 minutes"] = 360
LATER = ("11", "12", "13")
"""Lessons that do not end with the line yet."""
BIRDS = load("penguins").y


def test_one_lecture_is_short_asks_moves_checks_and_leads_deeper():
    assert len(main_line(NAME).split()) <= 900
    sources = [cell.source for cell in code_cells(read(NAME))]
    assert sum(source.startswith("predict(") for source in sources) == headings(NAME).count("Predict") == 3
    assert sum(source.endswith("_scrubber()") for source in sources) == 1
    linked = dict.fromkeys(DEEPER, "")
    for part in re.split(r"^## ", markdown(NAME), flags=re.MULTILINE):
        linked[part.splitlines()[0]] = linked.get(part.splitlines()[0], "") + part
    for heading, lessons in DEEPER.items():
        for lesson in lessons:
            assert re.search(rf"\]\({lesson}_\w+\.ipynb\)", linked[heading]), (heading, lesson)
    assert "(10_two_dimensions.ipynb)" in markdown(NAME)


def test_what_one_lecture_says_in_numbers():
    means = ([35, 55], [55, 58])
    ours, other = (em(BIRDS, Mixture([0.5, 0.5], start, [9, 9])) for start in means)
    assert ours.log_likelihoods[-1] == pytest.approx(fit(BIRDS, 2).log_likelihood, abs=0.005)
    assert ours.log_likelihoods[-1] - other.log_likelihoods[-1] == pytest.approx(10, abs=0.2)
    narrow = other.mixture.sds.argmin()
    assert other.mixture.sds[narrow] == pytest.approx(1, abs=0.01)
    assert other.mixture.means[narrow] == pytest.approx(50, abs=0.5)
    assert triage(BIRDS, other.mixture).kind == "local", "every way up first leads down"
    assert np.round([(0.881 + 1 + 3 * 0.119) / 1.5, 0.881 + 0.5 + 0.119], 3).tolist() == [1.492, 1.5]
    printed = next(output.text for output in outputs(read(NAME)) if "tol 0.001" in output.get("text", ""))
    default, small = map(float, re.findall(r"log-likelihood (-[\d.]+), converged: True", printed))
    assert small - default == pytest.approx(6.7, abs=0.05)
    assert len(BIRDS) * 0.001 == pytest.approx(0.34, abs=0.005)


def test_one_lecture_is_read_aloud_and_done_in_ninety_minutes():
    row = r"^\| ([^|]+?) \| (\d+) \| ([\d.]+) \+ ([\d.]+) \| [^|]+ \|$"
    rows = re.findall(row, section(NOTES, "One lecture"), re.MULTILINE)
    assert [heading for heading, *_ in rows] == headings(NAME)
    assert sum(int(minutes) for _, minutes, _, _ in rows) == 90
    opening, *parts = re.split(r"^## ", main_line(NAME), flags=re.MULTILINE)
    parts[0] = opening + parts[0]
    for (heading, minutes, read_aloud, live), part in zip(rows, parts, strict=True):
        assert float(read_aloud) == pytest.approx(len(part.split()) / 130, abs=0.1), heading
        assert int(minutes) == pytest.approx(float(read_aloud) + float(live), abs=0.51), heading


def rows_of(plan):
    """The minutes, the lesson and the sections of each row of a plan; a break has no lesson."""
    text = re.search(rf"^### {plan}\n(.*?)(?=^##|\Z)", NOTES, re.MULTILINE | re.DOTALL)[1]
    assert "**Late?**" in text
    found = re.findall(r"^\| (\d+) \| (?:break|([^|:]+): ([^|]+)) \|", text, re.MULTILINE)
    return [(int(minutes), lesson, sections.split("; ")) for minutes, lesson, sections in found]


@pytest.mark.parametrize(("plan", "minutes"), PLANS.items())
def test_a_plan_takes_what_its_heading_says_and_names_what_exists(plan, minutes):
    rows = rows_of(plan)
    assert sum(row[0] for row in rows) == minutes
    for taken, lesson, sections in rows:
        if lesson:
            name = next(n for n in NAMES if n.startswith(lesson.lower().replace(" ", "_")))
            found = iter(headings(name))
            assert sections == ["all"] or all(heading in found for heading in sections), sections
            assert sections != ["all"] or taken == 45
        if plan == "2 x 90 minutes":
            table = re.findall(r"^\| ([^|]+?) \| (\d+) \|", section(NOTES, lesson), re.MULTILINE)
            table = dict(reversed(table))  # of two predictions the first
            assert taken == sum(int(table[heading]) for heading in sections), lesson
    if plan == "2 x 90 minutes":
        assert np.cumsum([row[0] for row in rows]).tolist().count(90) == 1, "between two rows"


@pytest.mark.parametrize("name", [name for name in NAMES if name[:2] not in LATER])
def test_a_lesson_ends_with_a_line_to_send(name):
    last = read(name).cells[-1]
    assert (last.cell_type, last.metadata.slideshow.slide_type) == ("markdown", "skip")
    assert last.source.startswith("<details>\n<summary>One line for your lecturer</summary>\n\n```\n")
    lesson = name.replace("_", " ") if name == NAME else name[:2]
    assert f"\n{lesson} | pace: slow, right, fast | minutes: ... | lost me at: ...\n" in last.source
    assert last.source.endswith("The page itself sends nothing.\n\n</details>")
    assert "http" not in last.source
