"""Where the engine works: memory that each thread keeps."""

from __future__ import annotations

import threading

import numpy as np

from gmm_lesson._inputs import Array


class Desk(threading.local):
    """Memory to work in, kept by each thread: to ask for it anew costs more than a small E-step.

    It begins with ones, which are the odds of the reference.
    """

    numbers = np.empty(0)
    ones = 0

    @classmethod
    def of(cls, size: int, ones: int) -> Desk:
        """Return the thread's desk, with so many numbers, and ones."""
        if len(_desk.numbers) < size:
            _desk.numbers = np.empty(size)
        _desk.numbers[:ones], _desk.ones = 1, ones
        return _desk

    def spread(self, k: int, r: int, n: int, f: int, ones: bool) -> tuple[Array, Array]:
        """Return arrays of shape (k, r, n), the first row of it ones if wanted, and (f, r, n)."""
        first = self.ones - r * n if ones else self.ones
        last = self.ones + k * r * n
        odds = self.numbers[first : first + k * r * n].reshape(k, r, n)
        return odds, self.numbers[last : last + f * r * n].reshape(f, r, n)


_desk = Desk()
