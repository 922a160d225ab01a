"""The wrong ways that we know: each one a small wrong function, and a sentence on what its numbers show.

The sentence never says what to write instead. The tests hold every mistake apart from every other: a
new one needs an input in `checks.py` on which its numbers are its own.
"""

from gmm_lesson.exercises.mistakes.best_restart import BEST_RESTART, BestRestart, best_restart_pairs
from gmm_lesson.exercises.mistakes.e_step import E_STEP, EStep, e_step_pairs
from gmm_lesson.exercises.mistakes.em import EM, EMLoop, em_pairs
from gmm_lesson.exercises.mistakes.floored import FLOORED_M_STEP, FlooredMStep, floored_m_step_pairs
from gmm_lesson.exercises.mistakes.log_likelihood import LOG_LIKELIHOOD, LogLikelihood, log_likelihood_pairs
from gmm_lesson.exercises.mistakes.m_step import LOST_CLASS, M_STEP, MStep, m_step_pairs
from gmm_lesson.exercises.mistakes.match import MATCH

__all__ = [
    "BEST_RESTART",
    "EM",
    "E_STEP",
    "FLOORED_M_STEP",
    "LOG_LIKELIHOOD",
    "LOST_CLASS",
    "MATCH",
    "M_STEP",
    "BestRestart",
    "EMLoop",
    "EStep",
    "FlooredMStep",
    "LogLikelihood",
    "MStep",
    "best_restart_pairs",
    "e_step_pairs",
    "em_pairs",
    "floored_m_step_pairs",
    "log_likelihood_pairs",
    "m_step_pairs",
]
