"""The wrong ways that we know: each one a small wrong function, and a sentence on what its numbers show.

The sentence never says what to write instead. The tests hold every mistake apart from every other: a
new one needs an input in `checks.py` on which its numbers are its own.
"""

from gmm_lesson.exercises.mistakes.e_step import E_STEP, EStep, e_step_pairs
from gmm_lesson.exercises.mistakes.m_step import LOST_CLASS, M_STEP, MStep, m_step_pairs

__all__ = ["E_STEP", "LOST_CLASS", "M_STEP", "EStep", "MStep", "e_step_pairs", "m_step_pairs"]
