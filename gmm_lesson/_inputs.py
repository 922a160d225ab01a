"""What the package accepts as input, and what it says when it cannot.

Every function of the face passes its arguments through here first. An error names the argument, says
what came, and says what would do.
"""

from __future__ import annotations

import decimal
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
"""An array of float64; its shape is in the docstring of whoever takes or returns it."""

LARGEST = 1e153
"""Numbers above this are refused: the sum of their squares would leave the range of a float64."""

LONGEST = 2**63 - 1
"""Whole numbers above this are refused: numpy has none."""

DEEPEST = 4
"""Lists in lists, so deep, are no array of ours, and may hold themselves."""

SUM_TOLERANCE = 1e-6
"""How far from one a sum of weights or of responsibilities may be: seven printed digits are enough."""


def array_of(
    values: ArrayLike, name: str, ndim: int | None = 1, largest: float = LARGEST, start: int | None = None
) -> Array:
    """Return `values` as a finite, non-empty float64 array with `ndim` axes, or say what is wrong.

    With `ndim` None any number of axes will do, also none.

    The result may share memory with `values`; nothing here writes to it. With `start`, `values` is the part
    of a larger array that begins there: an error counts from the beginning of the whole.
    """
    kind = {None: "a number, or a list or array", 1: "a list or array"}.get(ndim, "an array of rows")
    wanted = f"{name} must be {kind} of numbers"
    if isinstance(values, (set, frozenset, dict, str, bytes, bytearray)) or values is None:
        raise TypeError(f"{wanted}; got {said(values)}")
    masked = _reject_nested(values, name, wanted)
    if masked:
        cure = f"{name}.compressed()" if start is None else f"{name}[~dask.array.ma.getmaskarray({name})]"
        raise ValueError(f"{name} must have no masked entries; got {masked}: give {cure}")
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{wanted}, with rows of one length; got rows of unequal length") from None
    except Exception:  # whatever an object raises that will not be an array
        raise TypeError(f"{wanted}; got {said(values)}") from None
    if array.dtype.kind not in "iufO":
        raise TypeError(f"{wanted}; got {_kind(array, values)}")
    if array.dtype.kind == "O" and not all(_is(numbers.Real, value) for value in array.flat):
        odd = next(value for value in array.flat if not _is(numbers.Real, value))
        raise TypeError(f"{wanted}; got {said(odd)}" + (" in it" if array.ndim else ""))
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {axes(ndim, name)}; got {_shape(array)}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty; got {_shape(array)}")
    try:
        with np.errstate(over="ignore"):
            numbers_ = array.astype(np.float64, copy=False)
    except OverflowError:
        raise ValueError(f"{name} must be within +-{largest:g}; got a larger number") from None
    except ValueError:  # of a decimal number's signalling NaN
        raise ValueError(f"{name} must be finite; got a NaN: leave such entries out") from None
    low, high = numbers_.min(), numbers_.max()  # NaN if any is: no array as long as `values` is made for this
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = ~np.isfinite(numbers_)
        where = np.argwhere(bad)[0]
        value, among = numbers_[tuple(where)], "all"
        if start is not None:
            where[0] += start
            among = f"{name}[{start}:{start + len(bad)}]"
        raise ValueError(
            f"{name} must be finite; got {value} at {name}{_index(where)}"
            f" ({int(bad.sum())} such in {among}): leave such entries out"
        )
    if max(-low, high) > largest:
        raise ValueError(f"{name} must be within +-{largest:g}; got {max(-low, high):g}: use larger units")
    return np.asarray(numbers_)


def has_rows(values: Any) -> bool:
    """Whether values are rows of numbers, by the first of them."""
    if isinstance(values, list | tuple):
        return bool(values) and (isinstance(values[0], list | tuple) or np.ndim(values[0]) > 0)
    return isinstance(ndim := getattr(values, "ndim", None), int) and ndim > 1


def whole_number(value: Any, name: str, least: int, most: int = LONGEST) -> int:
    """Return `value` as an int, `least` to `most`; a float or a boolean is not a whole number."""
    if not _is(numbers.Integral, value):
        raise TypeError(f"{name} must be a whole number, at least {least}; got {said(value)}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {said(value)}")
    if value > most:
        raise ValueError(f"{name} must be at most {most}; got {said(value)}")
    return int(value)


def number(value: Any, name: str, least: float = 0.0) -> float:
    """Return `value` as a finite float of at least `least`."""
    if not _is(numbers.Real, value):
        raise TypeError(f"{name} must be a number, at least {least:g}; got {said(value)}")
    try:
        real = float(value)
    except (OverflowError, ValueError):  # of hundreds of digits; of a decimal number's signalling NaN
        real = np.inf
    if not least <= real <= LARGEST**2:  # also false for NaN
        raise ValueError(f"{name} must be a finite number, at least {least:g}; got {said(value)}")
    return real


def share(value: Any, name: str) -> float:
    """Return `value` as a float above 0 and below 1."""
    real = number(value, name)
    if not 0 < real < 1:
        raise ValueError(f"{name} must be above 0 and below 1; got {real:g}")
    return real


def switch(value: Any, name: str) -> bool:
    """Return `value` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {said(value)}")
    return bool(value)


def generator(rng: Any, name: str = "rng") -> np.random.Generator:
    """Return a numpy Generator: `rng` itself, or a new one from a seed.

    There is no default and no global state: what is random says where its randomness comes from.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    wanted = f"{name} must be a seed (0, 1, ...) or a generator, as numpy.random.default_rng(0)"
    if not _is(numbers.Integral, rng):
        raise TypeError(f"{wanted}; got {said(rng)}")
    if rng < 0:
        raise ValueError(f"{wanted}; got {said(rng)}")
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
        raise TypeError(f"{wanted}; got {said(value)}")
    if value not in choices:
        raise ValueError(f"{wanted}; got {said(value)}")
    return value


def said(value: Any) -> str:
    """Return what an error says of a value that came: its beginning, and its type."""
    try:
        text = repr(value)
    except Exception:  # a whole number has at most 4,300 digits to print
        text = "one too long to print"
    return f"{text if len(text) <= 40 else text[:37] + '...'} ({type(value).__name__})"


def _is(kind: type, value: Any) -> bool:
    """Whether a value is a number of this kind; numpy calls a boolean and a duration whole numbers too."""
    known = isinstance(value, kind) or (kind is numbers.Real and isinstance(value, decimal.Decimal))
    return known and not isinstance(value, (bool, np.bool_, np.timedelta64))


def _reject_nested(values: Any, name: str, wanted: str, depth: int = 0) -> int:
    """Refuse booleans in lists, which numpy would read as 1 without a word, and lists without an end.

    Returns how many entries are masked: numpy would read what is below the mask.
    """
    if isinstance(values, np.ma.MaskedArray):
        return int(np.sum(np.ma.getmaskarray(values)))
    if isinstance(values, (bool, np.bool_)) or (isinstance(values, np.ndarray) and values.dtype == np.bool_):
        raise TypeError(f"{wanted}; got {'booleans' if depth or np.ndim(values) else said(values)}")
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes, bytearray, memoryview, range)):
        return 0
    if depth == DEEPEST:
        raise ValueError(f"{name} must have three axes at most; got lists in lists, {depth} deep or more")
    return sum(
        _reject_nested(value, name, wanted, depth + 1)
        for value in values
        if type(value) is not float and type(value) is not int
    )


def _kind(array: NDArray[Any], values: Any) -> str:
    if array.ndim == 0:
        return said(values)
    names = dict.fromkeys("UST", "text") | {
        "c": "complex numbers",
        "M": "dates",
        "m": "durations",
        "b": "booleans",
    }
    return names.get(array.dtype.kind, f"entries of type {array.dtype}")


def axes(ndim: int, name: str) -> str:
    """Return the shape that an array with `ndim` axes has, in words."""
    return {
        1: "one axis, shape (n,)",
        2: f"two axes, shape (n, {'K' if name == 'r' else 'd'})",
        3: "three axes, shape (K, d, d)",
    }[ndim]


def _shape(array: NDArray[Any]) -> str:
    return "a single number" if array.ndim == 0 else f"shape {array.shape}"


def _index(where: NDArray[np.intp]) -> str:
    return f"[{', '.join(str(int(index)) for index in where)}]" if where.size else ""
