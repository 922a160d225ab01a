"""Gaussian mixtures and the EM algorithm, to learn from: the package behind the notebooks."""

from gmm_lesson.data import Dataset, load
from gmm_lesson.em import EMRun, e_step, em, log_likelihood, m_step
from gmm_lesson.mixture import Mixture
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
