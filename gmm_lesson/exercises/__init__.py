"""What a learner's cell imports: `check`, which judges a function, and `predict`, which asks first.

    from gmm_lesson.exercises import check, predict

`check` needs numpy alone; `predict` loads ipywidgets when it has a live question to show, not before.
"""

from gmm_lesson.exercises.checks import check
from gmm_lesson.exercises.lab import break_it
from gmm_lesson.exercises.predict import predict
from gmm_lesson.exercises.verdict import Verdict

__all__ = ["Verdict", "break_it", "check", "predict"]
