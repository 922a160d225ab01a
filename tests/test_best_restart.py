"""The starts and runs that check.best_restart hands over, and what is shown of them."""

import itertools
import re
import textwrap

import numpy as np

from gmm_lesson.exercises.best_restart import EXERCISE
from gmm_lesson.exercises.judge import judge


def test_searches_are_what_they_say():
    tops, places = [], set()
    for case in EXERCISE.cases:
        draw, run, restarts = case.fresh()
        ends = [run(*draw()) for _ in range(restarts)]
        lls = np.array([end[3] for end in ends])
        assert np.isnan(lls).any() == case.edge == ("NaN" in case.name)
        tops.append(np.nanmax(lls))
        places.add((int(np.nanargmax(lls)), restarts))
        best = np.sort(lls[np.isfinite(lls)])[::-1]
        if case.name == "two runs end at one place":
            first, last = (ends[i] for i in np.flatnonzero(lls == best[0]))
            assert all(np.array_equal(a, b) for a, b in zip(first, last, strict=True))
        elif restarts > 1:
            assert best[0] - best[1] > 0.1
        assert (draw.calls, run.calls, len(run.started)) == (restarts, restarts, restarts)
        later = [draw()[1].tolist() for _ in range(30)]
        assert len({tuple(means) for means in later}) == 30  # every start is a new one
    assert {(0, 3), (2, 3), (1, 4)} <= places
    # Whatever the best is set to at first, it is known: from 0 down there is a level in every gap.
    ways = next(mistake.ways for mistake in EXERCISE.mistakes if mistake.name == "no-run-kept")
    levels = [float(level) for level in re.findall(r"end\[3\] > ([-\d.e]+)\]", str(ways))]
    tops = [0, *sorted((top for top in tops if top < 0), reverse=True)]
    assert min(tops) < min(levels)
    for above, below in itertools.pairwise(tops):
        assert above - below < 8.5 or any(below < level <= above for level in levels), (above, below)


def test_arguments_of_a_search_are_made_anew_and_kept_apart():
    case = EXERCISE.cases[1]
    (draw, run, _), (other, _, _) = case.fresh(), case.fresh()
    start = draw()
    start[1][:] = 99
    assert other()[1].tolist() != [99, 99]
    end = run(*other())
    end[0][:] = 99
    assert run(*case.fresh()[0]())[0].tolist() != [99, 99]


def test_example_of_a_search_shows_the_starts_and_the_ends():
    last = EXERCISE.function({"max(ends, key=log_likelihood)": "ends[-1]"})
    assert judge(last, EXERCISE).message == textwrap.dedent("""\
        Not yet: last run.

        The last run comes back, whichever was best.

            Example: the best run comes first
            draw                = weights, means and variances of start
                                  1: [0.3, 0.7], [0.5, 4.0], [2.0, 1.5]
                                  2: [0.4, 0.6], [-2.0, 9.0], [2.0, 2.5]
                                  3: [0.6, 0.4], [2.0, 7.0], [3.0, 1.0]
            run                 = where it ends from there, and the log-likelihood
                                  1: [0.4, 0.6], [1.25, 5.5], [1.5, 1.25], -742.8
                                  2: [0.45, 0.55], [2.5, 7.0], [1.5, 1.75], -768.3
                                  3: [0.55, 0.45], [1.5, 6.0], [2.0, 1.0], -749.1
            restarts            = 3
            your weights        = [0.55, 0.45]
            your means          = [1.5, 6.0]
            your variances      = [2.0, 1.0]
            your log-likelihood = -749.1
            your starts         = 3""")
