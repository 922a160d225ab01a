"""What serves a lecture: the lesson that is one, the plans, and the line that learners send."""

import re

import numpy as np
import pytest
from lessons import NAMES, code_cells, outputs, read
from test_rhythm import NOTES, headings, main_line, markdown, section

from gmm_lesson import Mixture, em, load
from gmm_lesson.study.triage import triage

NAME = "one_lecture"
PLANS = {"45 minutes": 45, "2 x 90 minutes": 180, "A workshop of 3 hours": 180}
PLANS["Four weeks of 2 x 45 minutes"] = 360
ASIDE = ("11", "12")
"""Lessons that one lecture does not lead to."""


def test_one_lecture_is_short_asks_moves_and_leads_to_every_deep_lesson():
    assert len(main_line(NAME).split()) <= 900
    sources = [cell.source for cell in code_cells(read(NAME))]
    assert sum(source.startswith("predict(") for source in sources) == headings(NAME).count("Predict") == 3
    assert sum(source.endswith("_scrubber()") for source in sources) == 1
    linked = re.findall(r"\]\((\w+)\.ipynb\)", markdown(NAME))
    assert sorted(linked) == [name for name in NAMES if name != NAME and name[:2] not in ASIDE]


def test_what_one_lecture_says_in_numbers():
    birds = load("penguins").y
    ours, other = (em(birds, Mixture([0.5, 0.5], means, [9, 9])) for means in ([35, 55], [55, 58]))
    assert ours.log_likelihoods[-1] - other.log_likelihoods[-1] == pytest.approx(10, abs=0.2)
    assert np.round([other.mixture.means, other.mixture.sds]).T.tolist()[1] == [50, 1]
    assert triage(birds, other.mixture).kind == "local", "every way up first leads down"
    printed = next(output.text for output in outputs(read(NAME)) if "tol 0.001" in output.get("text", ""))
    default, small = map(float, re.findall(r"log-likelihood (-[\d.]+), converged: True", printed))
    assert np.round([small - default, len(birds) * 0.001], 2).tolist() == [6.74, 0.34]


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


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_takes_what_its_heading_says_and_names_what_exists(plan):
    text = re.search(rf"^### {plan}\n(.*?)(?=^##|\Z)", NOTES, re.MULTILINE | re.DOTALL)[1]
    rows = re.findall(r"^\| (\d+) \| (?:break|([^|:]+): ([^|]+)) \|", text, re.MULTILINE)
    assert sum(int(minutes) for minutes, _, _ in rows) == PLANS[plan]
    assert "**Late?**" in text
    for minutes, lesson, sections in [row for row in rows if row[1]]:
        name = next(n for n in NAMES if n.startswith(lesson.lower().replace(" ", "_")))
        found = iter(headings(name))
        assert (sections, minutes) == ("all", "45") or all(one in found for one in sections.split("; "))
        if plan == "2 x 90 minutes":  # of two predictions the first
            table = re.findall(r"^\| ([^|]+?) \| (\d+) \|", section(NOTES, lesson), re.MULTILINE)
            times = dict(reversed(table))
            assert int(minutes) == sum(int(times[one]) for one in sections.split("; ")), lesson


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_ends_with_a_line_to_send(name):
    last = read(name).cells[-1]
    assert (last.cell_type, last.metadata.slideshow.slide_type) == ("markdown", "skip")
    lesson = name.replace("_", " ") if name == NAME else name[:2]
    line = f"\n```\n{lesson} | pace: slow, right, fast | minutes: ... | lost me at: ...\n```\n"
    assert last.source.startswith(f"<details>\n<summary>One line for your lecturer</summary>\n{line}")
    assert last.source.endswith("The page itself sends nothing.\n\n</details>")
