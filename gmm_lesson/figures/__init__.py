"""The course's drawings. Each takes numbers and returns a Picture: a figure and the sentence that says it.

`base` says what a picture is; `marks` and `words` hold what several draw, and what several sentences say. The
others draw what lessons show, and are named after it.

What an argument must be stands in its docstring. Any other gets a TypeError or a ValueError that names it; an
`update` that raises leaves its picture as it was. All y are objects in one unit, all numbers about them too.
"""

from gmm_lesson.figures.ascent import coordinate_ascent, q_curves, race, stopping
from gmm_lesson.figures.base import MovingPicture, Picture
from gmm_lesson.figures.breaks import SpikePicture, convergence
from gmm_lesson.figures.choose import ChoicePicture, how_often
from gmm_lesson.figures.classes import CountsPicture, counts
from gmm_lesson.figures.errors import intervals, pairs, slopegraph
from gmm_lesson.figures.fast import BinsPicture, speeds
from gmm_lesson.figures.loop import BoundPicture, HalfStepPicture
from gmm_lesson.figures.mixtures import (
    BlurredPicture,
    MixturePicture,
    OverlapPicture,
    mixture,
    objects,
    overlap,
)
from gmm_lesson.figures.plane import PlaneHalfStepPicture, PlanePicture, forms, placed
from gmm_lesson.figures.restarts import LadderPicture, RestartMapPicture, strategies, success
from gmm_lesson.figures.truth import TruthPicture, misplaced

__all__ = ["MovingPicture", "Picture", "mixture", "objects", "overlap"]
__all__ += ["BoundPicture", "CountsPicture", "HalfStepPicture", "MixturePicture", "OverlapPicture"]
__all__ += ["BlurredPicture", "ChoicePicture", "LadderPicture", "PlaneHalfStepPicture", "PlanePicture"]
__all__ += ["BinsPicture", "RestartMapPicture", "SpikePicture", "TruthPicture"]
__all__ += ["strategies", "success"]
__all__ += ["intervals", "misplaced", "pairs", "slopegraph"]
__all__ += ["coordinate_ascent", "counts", "q_curves", "race", "speeds", "stopping"]
__all__ += ["convergence", "forms", "how_often", "placed"]
