"""Gaussian mixtures and the EM algorithm, to learn from: the package behind the notebooks.

What an argument must be stands in a docstring; any other gets a TypeError or a ValueError that names it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gmm_lesson.data import Dataset, load
from gmm_lesson.em import EMRun, e_step, em, log_likelihood, m_step
from gmm_lesson.mixture import Mixture

if TYPE_CHECKING:
    from gmm_lesson.engine.fit import Fit as Fit
    from gmm_lesson.engine.fit import fit as fit
    from gmm_lesson.engine.plane import fit_plane as fit_plane
    from gmm_lesson.engine.plane_family import PlaneMixture as PlaneMixture

__version__ = "0.1.0"

_LATER = {
    **dict.fromkeys(("Fit", "fit"), "gmm_lesson.engine.fit"),
    **dict.fromkeys(("PlaneMixture", "fit_plane"), "gmm_lesson.engine.plane"),
}
"""What is loaded when first asked for, and from where: the package then costs hardly more than numpy."""

__all__ = ["Dataset", "EMRun", "Mixture", "e_step", "em", "load", "log_likelihood", "m_step", *_LATER]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(_LATER[name]), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
