"""Gaussian mixtures and the EM algorithm, to learn from: the package behind the notebooks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gmm_lesson.data import Dataset, load
from gmm_lesson.em import EMRun, e_step, em, log_likelihood, m_step
from gmm_lesson.mixture import Mixture

if TYPE_CHECKING:
    from gmm_lesson.engine.fit import Fit, fit
    from gmm_lesson.engine.plane import PlaneMixture, fit_plane

__version__ = "0.1.0"

__all__ = [
    "Dataset",
    "EMRun",
    "Fit",
    "Mixture",
    "PlaneMixture",
    "e_step",
    "em",
    "fit",
    "fit_plane",
    "load",
    "log_likelihood",
    "m_step",
]

LATER = {
    **dict.fromkeys(("Fit", "fit"), "gmm_lesson.engine.fit"),
    **dict.fromkeys(("PlaneMixture", "fit_plane"), "gmm_lesson.engine.plane"),
}
"""What is loaded when first asked for, and from where: the package then costs hardly more than numpy."""


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(LATER[name]), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
