"""What every lesson has in common: its rhythm, its exercise, its symbols, its place with the lecturer."""

import re

import pytest
from lessons import NAMES, ROOT, code_cells, outputs, read

EXERCISES = [
    ("01_classes", "draw_classes", "n, weights, rng"),
    ("02_objects", "sample_objects", "n, weights, means, variances, rng"),
    ("03_e_step", "e_step", "y, weights, means, variances"),
    ("04_m_step", "m_step", "y, r"),
    ("05_em", "log_likelihood", "y, weights, means, variances"),
    ("05_em", "em", "y, weights, means, variances, tol"),
    ("06_restarts", "best_restart", "draw, run, restarts"),
    ("07_truth", "match", "true_means, true_sds, means, sds"),
    ("08_when_em_breaks", "floored_m_step", "y, r, floor"),
    ("09_how_many", "bic", "log_likelihood, n_components, n"),
    ("09_how_many", "held_out", "y, fold, fit, score"),
    ("10_two_dimensions", "plane_m_step", "y, r"),
    ("11_the_original", "review", ""),
    ("12_fast_em", "from_sums", "parts"),
]
"""The lessons, their checks, and what a learner's function gets; a review is no function."""
LESSONS = tuple(dict.fromkeys(name for name, _, _ in EXERCISES))
WITH_LAB = [name for name in LESSONS if name != "11_the_original"]
"""There the bugs are those of the program that is reviewed, and cells take them out."""
TERMS = """
latent variable; mixing proportion; ancestral sampling; Bayes error; posterior probability; log-sum-exp;
underflow; sufficient statistics; expected complete-data log-likelihood; ECM; ELBO; Jensen's inequality; MM;
KL divergence; local optimum; clustering; density estimation; label switching; Fisher information; coverage;
parametric bootstrap; degenerate; regularisation; MAP; Mahalanobis; pooled covariance; Simpson's paradox;
Gaussian discriminant analysis; adjusted Rand index; curse of dimensionality; map-reduce;
catastrophic cancellation
"""
"""The field's words that the course builds: each stands in a fold of the lesson that builds it."""

DEEP = [name for name in NAMES if name != "one_lecture"]

INTRODUCED = {
    "01": [r"z_i", r"\pi_k", r"n_k"],
    "02": [r"y_i", r"\mu_k", r"\sigma_k^2", r"\mathcal{N}(y \mid \mu_k, \sigma_k^2)"],
    "03": [r"r_{ik}", r"\ell"],
    "04": [r"N_k", r"Q"],
    "05": [r"F", r"\rho"],
    "10": [r"\Sigma_k"],
}
SYMBOLS = {symbol: lesson for lesson, symbols in INTRODUCED.items() for symbol in symbols}
"""The notation, and the lesson that introduces each symbol."""


def markdown(name):
    return "\n\n".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")


def headings(name):
    return re.findall(r"^## (.+)$", markdown(name), re.MULTILINE)


def minutes(name):
    return int(re.search(r"\*\*(\d+) minutes\.\*\*", markdown(name))[1])


def notation():
    """Return the symbols that the table of lesson 00 explains, a row each."""
    text = protected(markdown("00_start_here") + "\n\n")
    rows = re.search(r"## Notation\n.*?\n\|---[^\n]*\n(.*?)\n\n", text, re.DOTALL)[1]
    return [row.strip("|").split("|")[1] for row in rows.splitlines()]


def protected(text):
    return text.replace(r"\mid", "MID")


def mathematics(text):
    return " ".join(
        block or line for block, line in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, re.DOTALL)
    )


def section(text, heading):
    """The text under a heading of the lecturer's notes."""
    return re.search(rf"^## {heading}[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]


@pytest.mark.parametrize("name", [*LESSONS, "13_at_work"])
def test_the_rhythm(name):
    order = ["Explore", "Exercise", "Break it", "The question again"]
    assert "Predict" in headings(name)
    assert [heading for heading in headings(name) if heading in order] == order
    text = markdown(name)
    assert text.startswith(f"# {name[:2]} · ")
    for words in ("**The question.**", "Afterwards you can", "**Read more.**"):
        assert words in text
    explore = re.search(r"## Explore\n.*?(?=\n## )", text, re.DOTALL)[0]
    assert len(re.findall(r"^\d\. .*?\*\*[^*]+\?\*\*", explore, re.MULTILINE | re.DOTALL)) == 2
    assert "<summary>The answers</summary>" in explore
    sources = [cell.source for cell in code_cells(read(name))]
    assert any(source.startswith("predict(") for source in sources)
    # What lesson 13 breaks are calls of another library: a cell has them to switch, and no lab.
    broken = "calls = {" if name == "13_at_work" else "break_it("
    assert any(source.startswith(broken) for source in sources) == (name in [*WITH_LAB, "13_at_work"])
    assert sum(source.endswith(("_explorer()", "_scrubber()")) for source in sources) == 1


@pytest.mark.parametrize(("name", "check", "arguments"), [*EXERCISES, ("one_lecture", "m_step", "y, r")])
def test_the_exercise_its_stub_its_check_and_its_folded_solution(name, check, arguments):
    cells = code_cells(read(name))
    (solution,) = [cell for cell in cells if f"solution_{check}" in cell.source]
    assert "solution" in solution.metadata["tags"]
    assert solution.source.startswith("# Solution (click the three dots)\n")
    assert solution.source.endswith(f"\n\n\ncheck.{check}(solution_{check})")
    assert solution.metadata["jupyter"] == {"source_hidden": True}
    assert [cell for cell in cells if f"solution_{check})" in cell.source] == [solution]
    assert solution.outputs[0].data["text/plain"].startswith("Right.")
    stub, use = [cell for cell in cells if f"my_{check}" in cell.source]
    assert stub.source.startswith(f"def my_{check}({arguments}):" if arguments else f"my_{check} = ")
    assert use.source == f"check.{check}(my_{check})"
    assert use.outputs[0].data["text/plain"].startswith("Not started.")


@pytest.mark.parametrize("name", WITH_LAB)
def test_what_stands_below_a_lab_keeps_its_answer_in_a_fold(name):
    """Up to the next heading: JupyterLab shows this text while a learner still guesses."""
    cells = read(name).cells
    (lab,) = [place for place, cell in enumerate(cells) if cell.source.startswith("break_it(")]
    assert cells[lab + 1].cell_type == "markdown"
    below = cells[lab + 1].source.split("\n## ")[0].strip()
    assert below.startswith("<details>\n<summary>")
    assert below.endswith("</details>")
    assert below.count("<details>") == below.count("</details>") == 1


@pytest.mark.parametrize("name", NAMES)
def test_minutes_equations_and_words(name):
    called = name.replace("_", " ") if name == "one_lecture" else name[:2]
    row = re.search(rf"\| (?:\[)?{called}[^|]*\| (\d+) \|", markdown("00_start_here"))
    assert int(row[1]) == minutes(name) <= (90 if name == "one_lecture" else 65)
    for cell in read(name).cells:
        assert cell.cell_type == "code" or cell.source.count("$$") <= 4, "one to a cell or an idea"
    filler = r"\b(simply|obviously|clearly|trivially?|of course|easy to see|note that|basically)\b"
    assert not re.findall(filler, markdown(name), re.IGNORECASE)


def main_line(name):
    """The text that is not folded."""
    return re.sub(r"<details>.*?</details>", "", markdown(name), flags=re.DOTALL)


@pytest.mark.parametrize("name", DEEP)
def test_a_lesson_is_no_longer_than_a_lecture_and_has_pictures(name):
    words, most = len(main_line(name).split()), 700 if name[:2] == "00" else 950
    assert words <= most, f"{words} words that are not folded; at most {most}"
    assert any("image/png" in output.get("data", {}) for output in outputs(read(name)))


def test_the_field_s_words_stand_where_they_are_built_and_no_others_are_used():
    fold = r"<summary>What others call it</summary>(.*?)</details>"
    folds = {name: re.findall(fold, markdown(name), re.DOTALL) for name in DEEP}
    assert all(len(found) == (name[:2] != "00") for name, found in folds.items()), folds.keys()
    words = " ".join(" ".join(found) for found in folds.values()).lower()
    assert not [term for term in TERMS.split(";") if " ".join(term.split()).lower() not in words]
    for name in DEEP:
        assert not re.search(r"\b(recipes?|knots?)\b", str(read(name).cells), re.IGNORECASE), name


def test_the_notation_table_is_complete():
    table = " ".join(notation())
    for symbol in SYMBOLS:
        assert protected(symbol) in table, symbol
    assert len(notation()) == len(SYMBOLS)


@pytest.mark.parametrize("name", [name for name in NAMES if "01" <= name[:2] <= "09"])
def test_no_symbol_is_used_before_its_lesson(name):
    used = mathematics(markdown(name))
    for symbol, lesson in SYMBOLS.items():
        bare = re.escape(symbol).replace("_k", "_[kj1-9]").replace(r"_\{ik\}", r"_\{ik\}")
        if lesson > name[:2]:
            assert not re.search(rf"(?<![A-Za-z\\]){bare}", used), symbol
        if lesson == name[:2]:
            assert re.search(rf"(?<![A-Za-z\\]){bare}", used), symbol


@pytest.mark.parametrize("name", [name for name in NAMES if name[:2] <= "04"])
def test_one_letter_is_one_thing(name):
    r"""$N$ is the number of objects, and no Gaussian; $n$, $p$ and $S$ have no second meaning, nor has q."""
    used = protected(mathematics(markdown(name)))
    assert not re.search(r"(?<![{A-Za-z])N\s*(\(|=\s*-)", used), "N of something"
    assert not re.search(r"(?<![A-Za-z\\])(p_|S_|n(?!_)\b)", used.replace(r"\mathcal", ""))
    assert not re.search(r"\bq\b", "\n".join(cell.source for cell in code_cells(read(name))))


# The lecturer's notes.

NOTES = (ROOT / "notebooks" / "lecturer.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DEEP)
def test_the_lecturer_has_the_notebook_s_sections_a_lecture_s_minutes_usual_answers_and_where_to_cut(name):
    text = section(NOTES, name[:2])
    rows = re.findall(r"^\| ([^|]+?) \| (\d+) \| ([^|]+?) \|$", text, re.MULTILINE)
    assert sum(int(time) for _, time, _ in rows) == (10 if name == "00_start_here" else 45)
    found = iter(headings(name))
    for heading, _, _ in rows:
        assert heading in found, "there, after the one before"
    assert "**Usual answers" in text
    assert text.count("\n- ") >= 3
    assert "**Late?**" in text
    assert name == "00_start_here" or "**Usual mistakes in the exercise" in text
