"""The course's drawings. Each takes numbers and returns a Picture: a figure and the sentence that says it.

`base` says what all have in common, and `labels` where labels stand. The others draw what lessons show,
and are named after it.
"""

from gmm_lesson.figures.base import MovingPicture, Picture, show
from gmm_lesson.figures.classes import CountsPicture, counts
from gmm_lesson.figures.mixtures import MixturePicture, mixture, objects
from gmm_lesson.figures.overlap import OverlapPicture, overlap
from gmm_lesson.figures.recipes import RecipesPicture, q_curves
from gmm_lesson.figures.review import closing, ladder
from gmm_lesson.figures.steps import HalfStepPicture

__all__ = [
    "CountsPicture",
    "HalfStepPicture",
    "MixturePicture",
    "MovingPicture",
    "OverlapPicture",
    "Picture",
    "RecipesPicture",
    "closing",
    "counts",
    "ladder",
    "mixture",
    "objects",
    "overlap",
    "q_curves",
    "show",
]
