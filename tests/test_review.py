"""The review of lesson 11: what is found, what remains and where, and what is no fault; whatever is given."""

import ast

import pytest

from gmm_lesson.exercises import check
from gmm_lesson.exercises.review import FAULTS, FIRST, HOW, LISTING

ALL = {n: fault.split(",")[0] for fault, n in FIRST.items()}
"""Each fault at the first of its lines."""


def test_the_program_is_python_in_numbered_lines_that_tell_nothing():
    lines = LISTING.splitlines()
    assert [int(line[:2]) for line in lines] == list(range(1, 24))
    ast.parse("\n".join(line[4:] for line in lines))
    assert "#" not in LISTING
    assert {f'"{change}"' for change in ALL.values()} == {line.split()[0] for line in HOW.splitlines()[1:]}


@pytest.mark.parametrize("n", FAULTS)
def test_a_fault_is_found_at_each_of_its_lines_and_missed_without_and_no_other_line_has_one(n):
    fault, said = FAULTS[n], check.review(ALL | {n: "time"}).message
    if fault not in FIRST:
        assert said.endswith(f"{'Worth a note' if fault else 'No fault'}: line {n}.")
        assert said.startswith("Right." if fault else "Not yet.")
        return
    others = {m: change for m, change in ALL.items() if FAULTS[m] != fault}
    assert len(others) == 7
    assert check.review({**others, f"{n}": f" {ALL[FIRST[fault]].title()}"})
    other = f"of another effect: line {n}."
    assert fault == "time" or (said.startswith("Not yet.") and other in said)
    left = ["1 to 8", "9 to 21", "22 to 23"][(FIRST[fault] > 8) + (FIRST[fault] > 21)]
    said = check.review(others).message
    assert "Of 8 faults 1 remain. Look again, by lines: " in said
    assert f"1 in {left}" in said
    assert said.count("0 in ") == 2


class Hostile(dict):
    def __getattribute__(self, name):
        raise RuntimeError(name)


def test_whatever_is_given_it_says_how_to_begin():
    odd = [..., 6, 10**5000, {6}, [6, [7]], float("nan"), "x" * 10**6, {}, Hostile(), check]
    for given in [*odd, {(1, 2): "step"}, {10**5000: "step"}, {6.5: {}}, {"99": "time"}, {True: "time"}]:
        assert check.review(given).message == "Not started.\n\n" + HOW.replace(":\n", ":\n\n")
        for change in (given, [given]):
            said = check.review({5: change}).message
            assert said.startswith("Not yet.\n\nA fault, but of another effect: line 5.")
