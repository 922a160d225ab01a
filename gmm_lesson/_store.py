"""Whether a notebook is being executed to be stored, rather than to be used.

A stored notebook holds no live widget: a reader without a kernel would see a broken one in place of the
picture. The project's own storing command sets the variable; a learner never does.
"""

from __future__ import annotations

import os

STORING = "GMM_LESSON_STORE"
"""The environment variable that switches the live part of every output off."""


def storing() -> bool:
    """Return whether outputs are to be stored: the variable is set, and not to nothing."""
    return bool(os.environ.get(STORING))
