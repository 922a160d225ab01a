"""One call that says whether everything a lesson needs works here."""

from __future__ import annotations

import importlib

from gmm_lesson.data import load
from gmm_lesson.engine.fit import fit

NEEDED = ("numpy", "scipy", "matplotlib", "ipywidgets", "IPython")
BEST = -696.728198
"""The best log-likelihood of four classes on the objects of 2021, where the objects' printed digits end."""


def self_check() -> str:
    """Return one sentence: that everything works, or what does not and what would help.

    It imports what the lessons import, fits the objects of 2021 and draws a picture.
    """
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except ImportError as problem:
            return (
                f"{name} does not load ({problem}). Set up again as in the README, then restart the kernel."
            )
    y = load("lecture_2021").y
    found = fit(y, 4)
    if abs(found.log_likelihood - BEST) > 1e-6:
        return (
            f"EM ends at {found.log_likelihood:.6f} instead of {BEST:.6f}. Please report it with your"
            " versions of Python and numpy."
        )
    from gmm_lesson import figures

    if not figures.mixture(y, found.mixture).png().startswith(b"\x89PNG"):
        return "Pictures do not draw. Set up again as the README says, then restart the kernel."
    return "Everything works: the data load, EM ends where it should, and pictures draw."
