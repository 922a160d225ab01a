"""Another processor in a word: numpy's functions round their last digit by chance.

Processors differ in the last digit of an exponential, a logarithm, a sum of products. Where its folder is on
PYTHONPATH, Python imports this file by itself; from then on what these functions return is off by up to about
one unit in its last place. What a lesson prints must not notice: `make test-elsewhere` sees to it.
"""

import contextlib
import functools
import os

import numpy as np

with contextlib.suppress(ImportError):
    import dask.array  # noqa: F401 - it makes its own of numpy's functions, and takes no others

SEED = int(os.environ.get("GMM_LESSON_NOISE", "1"))
FUNCTIONS = [
    (np, ["exp", "expm1", "log", "log1p", "log10", "sum", "mean", "dot", "matmul", "vecdot", "einsum"]),
    (np, ["var", "std", "cov", "average"]),
    (np.linalg, ["solve", "inv", "eigvals", "eigvalsh", "slogdet"]),
]


def noisy(function, rng):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        if isinstance(result, np.ndarray | np.floating) and result.dtype == np.float64:
            rounding = 1 + np.finfo(float).eps * rng.uniform(-1, 1, np.shape(result))
            exact = np.asarray(result == np.rint(result))  # everywhere: exp(0), a count
            rounding = np.where(exact, 1.0, rounding)
            if isinstance(result, np.ndarray) and result.ndim:
                result *= rounding  # in place: it may be an argument `out`
            else:
                result = result * rounding[()]
        return result

    return wrapper


for number, (module, names) in enumerate(FUNCTIONS):
    for place, name in enumerate(names):
        setattr(module, name, noisy(getattr(module, name), np.random.default_rng([SEED, number, place])))
