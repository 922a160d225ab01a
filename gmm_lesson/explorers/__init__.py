"""Pictures that follow sliders: those of the lessons, and what they are made of.

from gmm_lesson.explorers import e_step_explorer
"""

from importlib.util import find_spec
from typing import Any


def __getattr__(name: str) -> Any:
    """Load the lessons' explorers when first asked for one: Jupyter's server needs `saving` alone."""
    if name.startswith("_") or find_spec(f"{__name__}.{name}"):  # a module of this folder
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gmm_lesson.explorers import hands, lessons

    return getattr(hands if name == "hand" else lessons, name)
