"""The course's drawings. Each takes numbers and returns a Picture: a figure and the sentence that says it.

`base` says what all have in common, `labels` where labels stand. The others draw: `mixtures` the objects and a
mixture over them, `review` what lesson 11 shows of the notebook of 2021.
"""

from gmm_lesson.figures.base import MovingPicture, Picture, show
from gmm_lesson.figures.mixtures import MixturePicture, mixture, objects
from gmm_lesson.figures.review import closing, ladder

__all__ = [
    "MixturePicture",
    "MovingPicture",
    "Picture",
    "closing",
    "ladder",
    "mixture",
    "objects",
    "show",
]
