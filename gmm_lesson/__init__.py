"""Gaussian mixtures and the EM algorithm, to learn from: the package behind the notebooks."""

from typing import TYPE_CHECKING, Any

from gmm_lesson.data import Dataset, load
from gmm_lesson.em import EMRun, e_step, em, log_likelihood, m_step
from gmm_lesson.mixture import Mixture

if TYPE_CHECKING:
    from gmm_lesson.restarts import Fit, fit

__version__ = "0.1.0"

__all__ = [
    "Dataset",
    "EMRun",
    "Fit",
    "Mixture",
    "e_step",
    "em",
    "fit",
    "load",
    "log_likelihood",
    "m_step",
]


def __getattr__(name: str) -> Any:
    """Load what fit() runs on when first asked for it: the package then costs hardly more than numpy."""
    if name not in ("Fit", "fit"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gmm_lesson import restarts

    globals().update(Fit=restarts.Fit, fit=restarts.fit)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
