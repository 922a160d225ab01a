"""The course's drawings. Each takes numbers and returns a Picture: a figure and the sentence that says it.

`base` says what a picture is; `marks`, `labels` and `words` hold what several draw, where names stand, and
what several sentences say. The others draw what lessons show, and are named after it.

What an argument must be stands in its docstring. Any other gets a TypeError or a ValueError that names it; an
`update` that raises leaves its picture as it was. All y are objects in one unit, all numbers about them too.
"""

from gmm_lesson.figures.ascent import bounds, coordinate_ascent, stopping
from gmm_lesson.figures.base import MovingPicture, Picture
from gmm_lesson.figures.breaks import convergence, floors, parting
from gmm_lesson.figures.classes import CountsPicture, counts
from gmm_lesson.figures.errors import errors_against_n, intervals, pairs, slopegraph
from gmm_lesson.figures.loop import BoundPicture, HalfStepPicture
from gmm_lesson.figures.mixtures import MixturePicture, OverlapPicture, mixture, objects, overlap
from gmm_lesson.figures.plane import PlanePicture
from gmm_lesson.figures.recipes import RecipesPicture, q_curves
from gmm_lesson.figures.restarts import RestartMapPicture, strategies, success
from gmm_lesson.figures.review import closing, ladder
from gmm_lesson.figures.spike import SpikePicture
from gmm_lesson.figures.truth import TruthPicture, misplaced

__all__ = [
    "BoundPicture",
    "CountsPicture",
    "HalfStepPicture",
    "MixturePicture",
    "MovingPicture",
    "OverlapPicture",
    "Picture",
    "PlanePicture",
    "RecipesPicture",
    "RestartMapPicture",
    "SpikePicture",
    "TruthPicture",
    "bounds",
    "closing",
    "convergence",
    "coordinate_ascent",
    "counts",
    "errors_against_n",
    "floors",
    "intervals",
    "ladder",
    "misplaced",
    "mixture",
    "objects",
    "overlap",
    "pairs",
    "parting",
    "q_curves",
    "slopegraph",
    "stopping",
    "strategies",
    "success",
]
