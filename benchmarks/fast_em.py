"""What each step of lesson 12 gains: its own cells, timed in turns, and everything at once.

    python benchmarks/fast_em.py     prints a table and stores it in benchmarks/fast_em.md

The lesson's figure has these numbers: copy them into its cell `measured`.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from engine import machine

from gmm_lesson import fit, load
from gmm_lesson.study import original

ROUNDS = 15
LESSON = Path(__file__).parents[1] / "notebooks" / "12_fast_em.ipynb"
NAMES = ["arrays for loops", "classes first", "a product", "blocks", "a batch of starts", "fewer steps"]
STARTS = 2000


def main() -> None:
    """Run the lesson's cells up to its figure, time what they race, and store the table."""
    ratios: list[float] = []
    scope: dict[str, Any] = {}

    def timed(ways: list[Any], *given: Any) -> None:
        one, other = scope["seconds"](ways, *given, rounds=ROUNDS)
        ratios.append(one / other)

    for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if source.startswith("measured"):
            break
        if cell["cell_type"] == "code":
            exec(source, scope)
            scope["beside"] = timed
    y = load("lecture_2021").y
    starts = original.draw_starts(y, STARTS, 0)
    mixtures = [starts.mixture(i) for i in range(STARTS)]
    how = {"starts": mixtures, "max_iter": original.N_STEPS, "tol": 0}
    (loop,) = scope["seconds"]([scope["loops"]], y, scope["start"], rounds=ROUNDS)
    (all_at_once,) = scope["seconds"]([lambda: fit(y, 4, **how)], rounds=3)
    by_loops = loop * STARTS * original.N_STEPS
    rows = dict(zip([*NAMES, "loops to fit"], [*ratios, by_loops / all_at_once], strict=True))
    today = datetime.date.today().isoformat()
    lines = [f"# What each step of lesson 12 gains\n\n{machine(None)}, {today}.\n"]
    lines += ["Times as fast as the way before it: medians of turns.\n"]
    lines += ["| step | times as fast |\n|---|---|"]
    lines += [f"| {name} | {float(f'{ratio:.2g}'):g} |" for name, ratio in rows.items()]
    lines += [f"\nEverything: {STARTS:,} starts of {original.N_STEPS} steps, {all_at_once:.2g} s; the loops"]
    lines += [f"would take {by_loops / 3600:.2g} hours, by the time of one step.\n"]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
