"""fit(): many starts at once, and the best of where they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmm_lesson._inputs import Array, generator, number, switch, whole_number
from gmm_lesson.em import MAX_ITER, TOL
from gmm_lesson.engine import loop, progress
from gmm_lesson.engine.compress import run_compressed
from gmm_lesson.engine.family import Parameters
from gmm_lesson.engine.loop import Ends
from gmm_lesson.engine.objects import Objects
from gmm_lesson.engine.reading import objects_of
from gmm_lesson.engine.starts import starts_of
from gmm_lesson.engine.suspects import notes_on, off_saddle
from gmm_lesson.mixture import Mixture

RESTARTS = 20


@dataclass(frozen=True, eq=False)
class Runs:
    """Every restart of a fit, as arrays; R restarts, K classes.

    `weights`, `means` and `variances`, shape (R, K), are where each ended, `log_likelihood`, (R,), how well
    it fits there; `n_iter`, (R,), how many steps it took, and `converged`, (R,), whether the last gained at
    most `tol` per object. `starts` has the weights, means and variances, (R, K), where each began.
    """

    weights: Array
    means: Array
    variances: Array
    log_likelihood: Array
    n_iter: NDArray[np.intp]
    converged: NDArray[np.bool_]
    starts: Parameters
    kind: Callable[..., Any] = Mixture

    def __len__(self) -> int:
        return len(self.log_likelihood)

    def mixture(self, restart: int) -> Any:
        """Return the mixture that one restart ended at, of its `kind`."""
        return self.kind(self.weights[restart], self.means[restart], self.variances[restart])


@dataclass(frozen=True, eq=False)
class Fit:
    """The best of several restarts, and all of them.

    `mixture` is the one with the highest `log_likelihood`; `n_iter` says how many steps that restart took,
    and `converged` whether the last gained at most `tol` per object. `runs` has the same for every restart.
    `notes` say what is suspicious, a sentence each: objects far from all others, a class on the floor,
    classes that coincide or hold no object. Classes are numbered from 0.
    """

    mixture: Mixture
    log_likelihood: float
    n_iter: int
    converged: bool
    runs: Runs
    notes: tuple[str, ...] = ()


def fit(
    y: ArrayLike,
    n_components: int,
    *,
    starts: str | Mixture | Iterable[str | Mixture] = "k-means++",
    restarts: int = RESTARTS,
    rng: np.random.Generator | int = 0,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
    floor: float | None = None,
    accelerate: bool = False,
    compress: bool = False,
    counts: ArrayLike | None = None,
) -> Fit:
    """Fit a Gaussian mixture by EM from several starts and keep the best.

    Work that takes more than a second shows its progress where somebody is looking: in a terminal, and in a
    notebook whose front end is open. An interrupt ends it at once.

    Parameters
    ----------
    y : array_like, shape (N,), or blocks of such
        The objects. Where they do not fit into memory: a list of arrays, as numpy memory maps, or any other
        iterable of arrays that can be passed over again and again; or a Dask array (`pip install
        "gmm-lesson[dask]"`).
    n_components : int
        How many classes, K: at least 1, at most N.
    starts : str, Mixture, or a sequence of them
        Where to start. A name of `STRATEGIES` is drawn `restarts` times; a Mixture is one start. If all are
        names, and the best run ends on a saddle, on two classes that coincide or one that holds no object, it
        goes on from beside it.
    restarts : int
        How many starts to draw from each strategy that is named. Of more than 16,384 objects (or weighted
        ones), strategies see so many drawn at random.
    rng : numpy.random.Generator or int
        What draws them: a generator, or a seed. The same seed gives the same fit.
    max_iter : int
        The largest number of steps of a restart.
    tol : float
        A restart stops when a step changes its log-likelihood by at most `tol` per object; with `accelerate`,
        when about so much is left to gain. 0 never stops early: exactly `max_iter` steps.
    floor : float or None
        The smallest variance allowed, in y's units squared. None means 1e-6 of the variance of y, without the
        objects that are far from the others (see `em.typical_variance`): a guard against infinity, no cure
        for spurious optima. If all objects are equal, one above 0 must be given.
    accelerate : bool
        Whether to jump along EM's path (see `engine.accelerate`): to its optima in a tenth of the steps or
        fewer, where classes overlap. Every jump that is tried counts as a step; the log-likelihood
        never falls.
    compress : bool
        Whether to fit a fine histogram in place of the objects (see `engine.compress`): a step then takes as
        long for a billion as for a hundred thousand. The best restart is checked on the objects, and its
        log-likelihood is theirs; those of the other restarts are the histogram's. Fewer than 16,384 entries
        are fitted as they are, and so, with a UserWarning, are those for whose narrowest class no bin is fine
        enough.
    counts : array_like, shape (N,), or None
        How many objects each entry of y stands for: not negative, not all 0, not always whole. None is one
        each. It comes in blocks, or Dask chunks, as y does.
    """
    run = run_compressed if switch(compress, "compress") else loop.run
    how: dict[str, Any] = {"starts": starts, "restarts": restarts, "rng": rng}
    how |= {"max_iter": max_iter, "tol": tol, "floor": floor, "accelerate": accelerate}
    return best_fit(objects_of(y, counts), n_components, Mixture, run, **how)


def best_fit(
    source: Objects,
    n_components: int,
    kind: type[Any],
    run: Callable[..., Ends] = loop.run,
    *,
    starts: Any,
    restarts: int,
    rng: np.random.Generator | int,
    max_iter: int,
    tol: float,
    floor: Any,
    accelerate: bool,
) -> Fit:
    """Return the best of several runs of EM; `kind` is a start, and where they end; the rest as in `fit`."""
    k = whole_number(n_components, "n_components", 1)
    if k > source.size:
        raise ValueError(f"n_components must be at most the number of objects, {source.size}; got {k}")
    max_iter, tol = whole_number(max_iter, "max_iter", 0), number(tol, "tol")
    floor = source.floor(floor)
    restarts, rng = whole_number(restarts, "restarts", 1), generator(rng)
    accelerate = switch(accelerate, "accelerate")
    several, drawn = starts_of(starts, source, k, restarts, rng, kind)
    begin = Parameters.of(several)
    how = {"max_iter": max_iter, "tol": tol, "floor": floor, "accelerate": accelerate}
    with progress.bar(max_iter, len(several)) as watch:
        ends = run(source, source.family.taken(begin), watch=watch, **how)
    if drawn:
        ends = off_saddle(source, ends, run, how)
    found: Parameters = source.family.whole(ends.parameters)
    runs = Runs(*found, ends.log_likelihood, ends.n_iter, ends.converged, begin, kind)
    best = int(runs.log_likelihood.argmax())
    notes = notes_on(source, found.take(best), floor)
    value, n_iter, converged = (part[best].item() for part in ends[1:])
    return Fit(runs.mixture(best), value, n_iter, converged, runs, notes)
