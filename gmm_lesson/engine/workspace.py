"""Where the engine works: memory that each thread keeps."""

from __future__ import annotations

import threading

import numpy as np

from gmm_lesson._inputs import Array


class Workspace(threading.local):
    """Memory to work in, kept by each thread: to ask for it anew costs more than a small E-step.

    It begins with ones, which are the odds of the reference.
    """

    numbers = np.empty(0)
    ones = 0

    @classmethod
    def of(cls, size: int, ones: int) -> Workspace:
        """Return the thread's workspace, with so many numbers, and ones."""
        if len(_workspace.numbers) < size:
            _workspace.numbers = np.empty(size)
        _workspace.numbers[:ones], _workspace.ones = 1, ones
        return _workspace

    def spread(self, k: int, r: int, n: int, f: int, ones: bool) -> tuple[Array, Array]:
        """Return arrays of shape (k, r, n), the first row of it ones if wanted, and (f, r, n)."""
        first = self.ones - r * n if ones else self.ones
        last = self.ones + k * r * n
        odds = self.numbers[first : first + k * r * n].reshape(k, r, n)
        return odds, self.numbers[last : last + f * r * n].reshape(f, r, n)


_workspace = Workspace()
