"""What a learner's cell imports: `check`, which judges a function, and `predict`, which asks first.

    from gmm_lesson.exercises import break_it, check, predict

`check` needs numpy alone; the others load ipywidgets when they have something live to show, not before.
"""

from gmm_lesson.exercises.checks import check
from gmm_lesson.exercises.lab import break_it
from gmm_lesson.exercises.predict import predict
from gmm_lesson.exercises.verdict import Verdict

__all__ = ["Verdict", "break_it", "check", "predict"]
