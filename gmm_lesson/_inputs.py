"""What the package accepts as input, and what it says when it cannot.

Every function of the face passes its arguments through here first. An error names the argument, says
what came, and says what would do.
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
"""An array of float64; its shape is in the docstring of whoever takes or returns it."""

LARGEST = 1e153
"""Numbers above this are refused: the sum of their squares would leave the range of a float64."""

SUM_TOLERANCE = 1e-6
"""How far from one a sum of weights or of responsibilities may be: seven printed digits are enough."""


def array_of(values: ArrayLike, name: str, ndim: int = 1, largest: float = LARGEST) -> Array:
    """Return `values` as a finite, non-empty float64 array with `ndim` axes, or say what is wrong.

    The result may share memory with `values`; nothing here writes to it.
    """
    wanted = f"{name} must be {'a list or array' if ndim == 1 else 'an array of rows'} of numbers"
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        masked = int(np.sum(values.mask))
        raise ValueError(f"{name} must have no masked entries; got {masked}: give {name}.compressed()")
    if isinstance(values, (set, frozenset, dict, str, bytes)) or values is None:
        raise TypeError(f"{wanted}; got {_said(values)}")
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{wanted}, with rows of one length; got rows of unequal length") from None
    if array.dtype.kind not in "iufO" or _has_bool(values):
        raise TypeError(f"{wanted}; got {_kind(array, values)}")
    if array.dtype.kind == "O" and not all(_is_real(value) for value in array.flat):
        odd = next(value for value in array.flat if not _is_real(value))
        raise TypeError(f"{wanted}; got {_said(odd)}" + (" in it" if array.ndim else ""))
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {_axes(ndim, name)}; got {_shape(array)}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty; got {_shape(array)}")
    try:
        with np.errstate(over="ignore"):
            numbers_ = array.astype(np.float64, copy=False)
    except OverflowError:
        raise ValueError(f"{name} must be within +-{largest:g}; got a larger number") from None
    low, high = numbers_.min(), numbers_.max()  # NaN if any is: no array as long as `values` is made for this
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = ~np.isfinite(numbers_)
        where = np.argwhere(bad)[0]
        raise ValueError(
            f"{name} must be finite; got {numbers_[tuple(where)]} at {name}{_index(where)}"
            f" ({int(bad.sum())} such in all): leave such entries out"
        )
    if max(-low, high) > largest:
        raise ValueError(f"{name} must be within +-{largest:g}; got {max(-low, high):g}: use larger units")
    return np.asarray(numbers_)


def whole_number(value: Any, name: str, least: int) -> int:
    """Return `value` as an int of at least `least`; a float or a boolean is not a whole number."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be a whole number, at least {least}; got {_said(value)}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}")
    return int(value)


def number(value: Any, name: str, least: float = 0.0) -> float:
    """Return `value` as a finite float of at least `least`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, at least {least:g}; got {_said(value)}")
    try:
        real = float(value)
    except OverflowError:  # of a whole number with hundreds of digits
        real = np.inf
    if not least <= real <= LARGEST**2:  # also false for NaN
        raise ValueError(f"{name} must be a finite number, at least {least:g}; got {_said(value)}")
    return real


def switch(value: Any, name: str) -> bool:
    """Return `value` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {_said(value)}")
    return bool(value)


def generator(rng: Any, name: str = "rng") -> np.random.Generator:
    """Return a numpy Generator: `rng` itself, or a new one from a seed.

    There is no default and no global state: what is random says where its randomness comes from.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    wanted = f"{name} must be a seed (0, 1, ...) or a generator, as numpy.random.default_rng(0)"
    if isinstance(rng, (bool, np.bool_)) or not isinstance(rng, numbers.Integral):
        raise TypeError(f"{wanted}; got {_said(rng)}")
    if rng < 0:
        raise ValueError(f"{wanted}; got {rng}")
    return np.random.default_rng(int(rng))


def labels(z: ArrayLike, n: int, n_classes: int, name: str = "z") -> NDArray[np.intp]:
    """Return class labels, shape (n,), each one of 0..n_classes-1."""
    array = array_of(z, name)
    if array.shape != (n,):
        raise ValueError(f"{name} must have one label for each of the {n} objects; got {array.size}")
    whole = np.rint(array)
    if (whole != array).any() or whole.min() < 0 or whole.max() >= n_classes:
        raise ValueError(f"{name} must hold labels 0..{n_classes - 1}; got {array.min():g}..{array.max():g}")
    return whole.astype(np.intp)


def one_of(value: Any, name: str, choices: tuple[str, ...]) -> str:
    """Return `value` if it is one of the names in `choices`."""
    wanted = f"{name} must be one of " + ", ".join(repr(choice) for choice in choices)
    if not isinstance(value, str):
        raise TypeError(f"{wanted}; got {_said(value)}")
    if value not in choices:
        raise ValueError(f"{wanted}; got {value!r}")
    return value


def _is_real(value: Any) -> bool:
    real = isinstance(value, numbers.Real) or type(value).__name__ == "Decimal"
    return real and not isinstance(value, (bool, np.bool_))


def _has_bool(values: Any) -> bool:
    """Whether a nested list holds a boolean: numpy would read True as 1 without a word."""
    if isinstance(values, (list, tuple)):
        return any(_has_bool(value) for value in values)
    return isinstance(values, (bool, np.bool_)) or getattr(values, "dtype", None) == np.bool_


def _said(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 40 else text[:37] + '...'} ({type(value).__name__})"


def _kind(array: NDArray[Any], values: Any) -> str:
    if array.ndim == 0:
        return _said(values)
    if array.dtype.kind == "b" or _has_bool(values):
        return "booleans"
    names = {"U": "text", "S": "text", "T": "text", "c": "complex numbers", "M": "dates"}
    return names.get(array.dtype.kind, f"entries of type {array.dtype}")


def _axes(ndim: int, name: str) -> str:
    return {
        1: "one axis, shape (n,)",
        2: f"two axes, shape (n, {'K' if name == 'r' else 'd'})",
        3: "three axes, shape (K, d, d)",
    }[ndim]


def _shape(array: NDArray[Any]) -> str:
    return "a single number" if array.ndim == 0 else f"shape {array.shape}"


def _index(where: NDArray[np.intp]) -> str:
    return "[" + ", ".join(str(int(index)) for index in where) + "]"
