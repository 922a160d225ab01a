"""What EM costs: this package beside scikit-learn, R's mclust, the loops of 2021, and the machine's limit.

    python benchmarks/engine.py            prints the tables and stores them in benchmarks/engine.md
    python benchmarks/engine.py --quick    small and few, in under a minute; prints only
    python benchmarks/engine.py --only plane    the parts with "plane" in their names; prints only

Every contender starts where the others start and makes the same number of steps. They take turns in one
run, and medians are compared: what counts are the ratios, not the times.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from gmm_lesson import Mixture, fit, load
from gmm_lesson.engine.plane import PlaneMixture, fit_plane
from gmm_lesson.study.original import draw_starts

STORED = Path(__file__).with_suffix(".md")
NOT_INSTALLED = "not installed"
PEER_STARTS = 10
"""Of more restarts than these the peers run so many, and their times are scaled."""
LOOP_STEPS = 3
"""So many steps of one restart are timed of the loops of 2021, and scaled."""
CLOSE = 1e-6
"""Two log-likelihoods this near are the same optimum."""
BESIDE_EXP = {4: 1.15 / 0.62, 16: 0.94 / 0.62}
"""The lower bound in exponentials, by K: with the matmuls, log / K and the stream from memory. It was derived
on another day, where an exponential took 0.62 ns."""
LECTURE = Mixture(
    [0.2600, 0.2399, 0.2628, 0.2373], [9.9159, 33.3995, 38.5864, 57.9896], [3.5865, 0.8488, 6.7789, 24.2367]
)
"""The best fit to the 200 objects of 2021."""


@dataclass
class Case:
    """The same EM for everybody.

    `bars` holds what must be reached: how many times faster than "scikit-learn", "mclust" and "the loops",
    and at most how many times the "limit". Peers run in the first `peer_rounds` of the rounds.
    """

    name: str
    make: Callable[[], tuple[np.ndarray, list[Any]]]
    steps: int
    rounds: int = 5
    peer_rounds: int = 3
    bars: dict[str, float] = field(default_factory=dict)
    contenders: tuple[str, ...] = ("ours", "full", "diag", "mclust")
    memory_steps: int = 2
    y: np.ndarray = field(default_factory=lambda: np.empty(0))
    starts: list[Any] = field(default_factory=list)

    @property
    def k(self) -> int:
        """The number of classes."""
        return len(self.starts[0].weights)

    @property
    def few(self) -> list[Any]:
        """The starts that peers run."""
        return self.starts[:PEER_STARTS]

    @property
    def scale(self) -> float:
        """How many times more starts there are."""
        return len(self.starts) / len(self.few)


def classes(k: int, gap: float) -> Mixture:
    """Return k equal classes whose neighbours are `gap` sds apart."""
    return Mixture(np.full(k, 1 / k), gap * np.arange(k), np.ones(k))


def near(truth: Mixture) -> Mixture:
    """Return a start half an sd and twice the variance away from a truth."""
    return Mixture(
        np.full(truth.n_components, 1 / truth.n_components), truth.means + 0.5, 2 * truth.variances
    )


def lecture(restarts: int) -> Callable[[], tuple[np.ndarray, list[Any]]]:
    """Return what makes the objects of 2021 and starts drawn as they were then."""

    def make() -> tuple[np.ndarray, list[Any]]:
        y = load("lecture_2021").y
        drawn = draw_starts(y, restarts, 0)
        return y, [drawn.mixture(restart) for restart in range(restarts)]

    return make


def drawn(n: int, truth: Mixture) -> Callable[[], tuple[np.ndarray, list[Any]]]:
    """Return what makes n objects of a mixture, and a start near it."""
    return lambda: (truth.sample(n, np.random.default_rng(0))[0], [near(truth)])


def plane(n: int) -> Callable[[], tuple[np.ndarray, list[Any]]]:
    """Return what makes n objects of five classes in the plane, and a start."""

    def make() -> tuple[np.ndarray, list[Any]]:
        rng, k = np.random.default_rng(0), 5
        centres = 3.0 * np.array([[0, 0], [1, 0], [0, 1], [1, 1], [2, 1]])
        angles = np.arange(k)
        turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
        roots = np.moveaxis(turns, 2, 0) * [1.0, 0.5]  # sds of 1 and 1/2 along turned axes
        z = rng.integers(k, size=n)
        y = centres[z] + np.einsum("nij,nj->ni", roots[z], rng.normal(size=(n, 2)))
        return y, [PlaneMixture(np.full(k, 1 / k), centres + 0.5, np.tile(2 * np.eye(2), (k, 1, 1)))]

    return make


def cases(quick: bool) -> list[Case]:
    """Return what is compared, the small ones first."""
    peers = ("ours", "full", "diag", "mclust")
    everybody, limit = (*peers, "loops"), (*peers, "exp", "ours, no step")
    last = {"steps": 3, "rounds": 3, "peer_rounds": 1}
    small = [
        Case("N=200 K=4, 1 restart", lecture(1), 200, 9, 5, contenders=everybody),
        Case("N=200 K=4, 10 restarts", lecture(10), 200, 9, 5, {"mclust": 2.5, "the loops": 5000}, everybody),
        Case(
            "N=200 K=4, 1,000 restarts",
            lecture(1000),
            200,
            5,
            5,
            {"scikit-learn": 50, "mclust": 7},
            everybody,
        ),
        Case("N=1e4 K=4", drawn(10**4, classes(4, 2)), 100, 9, 5, {"scikit-learn": 11, "mclust": 4}),
        Case("N=1e5 K=4", drawn(10**5, classes(4, 2)), 20, 7, 5, {"scikit-learn": 20, "mclust": 4}),
    ]
    flat = Case(
        "plane N=1e5 K=5",
        plane(10**5),
        20,
        7,
        5,
        {"scikit-learn": 14, "mclust": 4},
        ("ours", "full", "mclust"),
    )
    if quick:
        flat.rounds = flat.peer_rounds = 1
        for case in small:
            case.rounds, case.peer_rounds = 3, 1
        million = Case("N=1e6 K=4", drawn(10**6, classes(4, 2)), 3, 3, 1, {"scikit-learn": 18}, limit)
        return [*small, million, flat]
    return [
        *small,
        Case(
            "N=1e6 K=4",
            drawn(10**6, classes(4, 2)),
            10,
            7,
            3,
            {"scikit-learn": 18, "mclust": 4, "limit": 4.6},
            limit,
        ),
        Case(
            "N=1e6 K=16",
            drawn(10**6, classes(16, 1)),
            5,
            5,
            3,
            {"scikit-learn": 33, "mclust": 4, "limit": 4},
            limit,
        ),
        Case("N=1e7 K=4", drawn(10**7, classes(4, 2)), **last, bars={"mclust": 4}),
        flat,
    ]


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


# The contenders: from a case to the seconds that all its starts take.


def ours(case: Case, steps: int | None = None) -> float:
    """Run this package."""
    return seconds(lambda: run_ours(case, case.steps if steps is None else steps))


def run_ours(case: Case, steps: int) -> Any:
    """Return the fit of a case by this package."""
    how = {"starts": case.starts, "max_iter": steps, "tol": 0}
    if case.y.ndim == 1:
        return fit(case.y, case.k, **how)
    return fit_plane(case.y, case.k, **how)


def run_sklearn(case: Case, kind: str, start: Any, steps: int) -> GaussianMixture:
    """Return the fit from one start by scikit-learn, exactly so many steps."""
    line = case.y.ndim == 1
    y = case.y[:, np.newaxis] if line else case.y
    means = start.means[:, np.newaxis] if line else start.means
    full = start.variances[:, np.newaxis, np.newaxis] if line else start.covariances
    model = GaussianMixture(
        case.k,
        covariance_type=kind,
        tol=0,
        max_iter=steps,
        weights_init=start.weights,
        means_init=means,
        precisions_init=np.linalg.inv(full) if kind == "full" else 1 / full[:, 0],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        return model.fit(y)


def sklearns(kind: str) -> Callable[[Case], float]:
    """Return what runs scikit-learn with one type of covariances."""

    def run(case: Case) -> float:
        return case.scale * seconds(lambda: [run_sklearn(case, kind, s, case.steps) for s in case.few])

    return run


def loops(case: Case) -> float:
    """Run EM as in 2021: loops over objects and classes, a density of scipy.stats each. Few steps, scaled."""
    begin = time.perf_counter()
    now = case.starts[0]
    weights, means, variances = (list(part) for part in (now.weights, now.means, now.variances))
    y, classes_ = case.y, range(case.k)
    for _ in range(LOOP_STEPS):
        r = np.zeros((len(y), case.k))
        for i in range(len(y)):
            for k in classes_:
                r[i, k] = weights[k] * multivariate_normal.pdf(y[i], means[k], variances[k])
            r[i] /= r[i].sum()
        for k in classes_:
            n_k = mean = square = 0.0
            for i in range(len(y)):
                n_k += r[i, k]
                mean += r[i, k] * y[i]
                square += r[i, k] * (y[i] - means[k]) ** 2
            weights[k], means[k], variances[k] = n_k / len(y), mean / n_k, square / n_k
    return (time.perf_counter() - begin) * len(case.starts) * case.steps / LOOP_STEPS


def exponentials(_: Case) -> float:
    """Return the seconds of one exponential, in cache."""
    block = np.linspace(-20, 0, 2**15)
    out = np.empty_like(block)
    return seconds(lambda: [np.exp(block, out=out) for _ in range(100)]) / 100 / block.size


class R:
    """An R that waits for work: each line that it is sent is evaluated, and the numbers come back."""

    PREAMBLE = """
    suppressMessages(library(mclust))
    numbers <- function(path) readBin(path, "double", file.size(path) / 8)
    start <- function(v, k, d) {
        s <- array(v[(k + k * d + 1):length(v)], c(d, d, k))
        root <- if (d > 1) array(apply(s, 3, chol), dim(s))
        shape <- if (d == 1) list(modelName = "V", d = 1, G = k, sigmasq = as.vector(s))
                 else list(modelName = "VVV", d = d, G = k, sigma = s, cholsigma = root)
        list(pro = v[1:k], mean = if (d == 1) v[(k + 1):(2 * k)] else matrix(v[(k + 1):(k + k * d)], d, k),
             variance = shape)
    }
    run <- function(steps, some = starts) {
        made <- 0
        control <- emControl(tol = 0, itmax = steps)
        begin <- Sys.time()
        for (s in some) {
            end <- em(s$variance$modelName, data = y, parameters = s, control = control)
            made <- made + abs(attr(end, "info")[[1]])
        }
        c(as.numeric(Sys.time() - begin, units = "secs"), made, end$loglik)
    }
    peak <- function(steps) {
        before <- gc(reset = TRUE)
        end <- run(steps, starts[1])
        c(sum(gc()[, 6]) - sum(before[, 2]), end[3])
    }
    lines <- file("stdin")
    open(lines)
    while (length(line <- readLines(lines, 1))) {
        cat(format(as.numeric(eval(parse(text = line))), digits = 15), "\\n")
        flush(stdout())
    }
    """

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        script = self.folder / "worker.R"
        script.write_text(self.PREAMBLE)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(["Rscript", str(script)], text=True, **pipes)

    def ask(self, line: str) -> list[float]:
        """Return the numbers that a line of R evaluates to."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return [float(number) for number in self.process.stdout.readline().split()]

    def take(self, case: Case) -> None:
        """Give it the objects and the starts of a case."""
        d = 1 if case.y.ndim == 1 else case.y.shape[1]
        path = self.folder / "numbers"
        case.y.tofile(path)
        shape = f"matrix(v, ncol = {d}, byrow = TRUE)" if d > 1 else "v"
        self.ask(f"v <- numbers('{path}'); y <- {shape}; rm(v); starts <- list(); 0")
        for start in case.few:
            spread = start.variances if d == 1 else start.covariances
            np.concatenate([start.weights, start.means.ravel(), spread.ravel()]).tofile(path)
            self.ask(f"starts[[length(starts) + 1]] <- start(numbers('{path}'), {case.k}, {d}); 0")

    def run(self, case: Case) -> float:
        """Run mclust; it stops where its log-likelihood no longer changes: then its time is scaled."""
        taken, made, _ = self.ask(f"run({case.steps})")
        self.made = made / len(case.few)
        wanted, e_steps = len(case.few) * case.steps, len(case.few)
        return case.scale * taken * (wanted + e_steps) / (made + e_steps)


@contextmanager
def r_of_this_machine() -> Iterator[R | None]:
    """Give an R with mclust, or None."""
    if not shutil.which("Rscript"):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        r = R(folder)
        try:
            yield r if r.ask("1") else None
        except BrokenPipeError:
            yield None
        finally:
            r.process.kill()
            r.process.wait()


# Measuring


def measured(case: Case, r: R | None) -> dict[str, float]:
    """Return the median seconds of each contender of a case; in every round each takes its turn."""
    case.y, case.starts = case.make()
    every = {
        "ours": ours,
        "ours, no step": lambda case: ours(case, 0),
        "full": sklearns("full"),
        "diag": sklearns("diag"),
        "loops": loops,
        "exp": exponentials,
    }
    if r:
        r.take(case)
        every["mclust"] = r.run
    run_ours(case, 1)
    run_sklearn(case, "full", case.starts[0], 1)
    times: dict[str, list[float]] = {}
    for turn in range(case.rounds):
        for name in case.contenders:
            if name in every and (turn < case.peer_rounds or name in ("ours", "ours, no step", "exp")):
                times.setdefault(name, []).append(every[name](case))
    return {name: statistics.median(values) for name, values in times.items()}


def peak(work: Callable[[], object]) -> float:
    """Return the most MB that work holds above what there was.

    It runs in a thread of its own, where the engine has no memory yet that it kept from earlier fits.
    """
    thread = threading.Thread(target=work)
    tracemalloc.start()
    try:
        thread.start()
        thread.join()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def memory(case: Case, r: R | None) -> list[str]:
    """Return the row of the peaks above the input; and by how much the log-likelihoods differ, in shares."""
    steps, found = case.memory_steps, []
    row = [case.name, in_mb(peak(lambda: found.append(run_ours(case, steps).runs.log_likelihood[0])))]
    y = case.y.reshape(len(case.y), -1)
    for kind in ("full", "diag"):
        if kind not in case.contenders:
            row.append("-")
            continue
        models: list[GaussianMixture] = []
        most = peak(lambda kind=kind, to=models: to.append(run_sklearn(case, kind, case.starts[0], steps)))
        row.append(in_mb(most))
        found.append(models[0].score(y) * len(y))
    if r:
        most, log_likelihood = r.ask(f"peak({steps})")
        row.append(in_mb(most * 2**20 / 1e6))
        found.append(log_likelihood)
    else:
        row.append(NOT_INSTALLED)
    return [*row, f"{np.ptp(found) / abs(found[0]):.0e}"]


def in_words(taken: float) -> str:
    """Return seconds with three digits."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if taken >= size:
            return f"{taken / size:,.3g} {unit}" if taken / size < 1000 else f"{taken / size:,.0f} {unit}"
    return f"{taken * 1e9:.3g} ns"


def in_mb(value: float) -> str:
    """Return MB with two or three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def beside(value: float, bar: float | None, most: bool = False) -> str:
    """Return a value, its bar, and whether it was reached."""
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    if bar is None:
        return text
    reached = value <= bar if most else value >= bar
    return f"{text} (bar {bar:,g}: {'yes' if reached else '**no**'})"


def time_row(case: Case, times: dict[str, float], r: R | None) -> list[str]:
    """Return the row of a case in the table of times."""
    mine = times["ours"]
    row = [case.name, str(case.steps)]
    for name in ("ours", "full", "diag", "mclust", "loops"):
        if name == "mclust" and name not in times:
            row.append(NOT_INSTALLED)
        else:
            row.append(in_words(times[name]) if name in times else "-")
    if "mclust" in times and r.made < case.steps:
        row[5] += f" (made {r.made:.0f})"
    faster = min(times[name] for name in ("full", "diag") if name in times)
    ratios = {"scikit-learn": faster / mine}
    ratios |= {
        label: times[name] / mine
        for label, name in (("mclust", "mclust"), ("the loops", "loops"))
        if name in times
    }
    row += [
        beside(ratios[name], case.bars.get(name)) if name in ratios else "-"
        for name in ("scikit-learn", "mclust", "the loops")
    ]
    return row


def limit_row(case: Case, times: dict[str, float]) -> list[str]:
    """Return the row of a case in the table beside the limit: what one more step costs, a number of N * K."""
    step = (times["ours"] - times["ours, no step"]) / case.steps / (len(case.y) * case.k)
    bound = BESIDE_EXP[case.k] * times["exp"]
    return [
        case.name,
        f"{times['exp'] * 1e9:.2f} ns",
        f"{bound * 1e9:.2f} ns",
        f"{step * 1e9:.2f} ns",
        beside(step / times["exp"], case.bars.get("limit"), most=True),
        f"{step / bound:.2f}",
    ]


# What is not a race over the same steps: rows of (what, measured, bar or None, most or least, unit)


def far_apart(quick: bool) -> list[list[str]]:
    """Compare a step for classes far apart with one for overlapping ones."""
    n, steps = (10**5 if quick else 10**6), 4
    races = {gap: Case("", drawn(n, classes(16, gap)), steps) for gap in (1, 3, 10)}
    for race in races.values():
        race.y, race.starts = race.make()
        run_ours(race, 1)
    times: dict[float, list[float]] = {gap: [] for gap in races}
    for _ in range(3 if quick else 7):
        for gap, race in races.items():
            times[gap].append(ours(race) - ours(race, 0))
    medians = {gap: statistics.median(values) for gap, values in times.items()}
    return [
        [
            f"K=16, neighbours {gap} sd apart: a step, times one 1 sd apart",
            beside(medians[gap] / medians[1], 1.5, True),
        ]
        for gap in (3, 10)
    ]


def to_the_optimum(quick: bool) -> list[list[str]]:
    """Compare the time to the same optimum with scikit-learn's diag: a step's time, as often as EM needs."""
    n, rows, tol = (10**5 if quick else 10**6), [], 1e-15
    for name, truth in (("neighbours 3 sd apart", classes(4, 3)), ("the classes of 2021", LECTURE)):
        case = Case("", drawn(n, truth), 10)
        case.y, case.starts = case.make()
        how = {"starts": case.starts, "tol": tol, "accelerate": True}
        mine = compressed(case, how)
        times: dict[str, list[float]] = {"mine": [], "diag": []}
        for turn in range(5):
            times["mine"].append(seconds(partial(compressed, case, how)))
            if turn < 3:
                times["diag"].append(sklearns("diag")(case) / (case.steps + 1))
        taken = statistics.median(times["mine"])
        steps = steps_until(case, mine.log_likelihood - CLOSE)
        ratio = steps * statistics.median(times["diag"]) / taken
        title = f"to the optimum, N={n:.0e}".replace("e+0", "e") + f" K=4, {name}"
        rows.append(
            [
                f"{title}: times faster than scikit-learn diag ({in_words(taken)}, {mine.n_iter} steps,"
                f" against {steps} plain)",
                beside(ratio, 1000),
            ]
        )
        exact = fit(case.y, 4, **how).mixture
        # To where parameters no longer move: log-likelihoods cannot tell the last digits.
        exact = fit(case.y, 4, starts=exact, max_iter=100 if quick else 400, tol=0).mixture
        rows.append([f"{title}: largest difference from the exact parameters", apart(mine.mixture, exact)])
    return rows


def compressed(case: Case, how: dict[str, Any]) -> Any:
    """Return the fit of a histogram."""
    return fit(case.y, case.k, compress=True, **how)


def steps_until(case: Case, target: float) -> int:
    """Return how many steps of plain EM reach a log-likelihood, to the nearest ten above."""
    now, steps = case.starts[0], 0
    while True:
        there = fit(case.y, case.k, starts=now, max_iter=10, tol=0)
        now, steps = there.mixture, steps + 10
        if there.log_likelihood >= target or steps >= 5000:
            return steps


def apart(one: Mixture, other: Mixture) -> str:
    """Return the largest difference of parameters, in units in which a class has size one, beside its bar."""
    largest = max(
        np.abs(one.weights - other.weights).max(),
        (np.abs(one.means - other.means) / other.sds).max(),
        np.abs(one.variances / other.variances - 1).max(),
    )
    return f"{largest:.1e} (bar 1e-08: {'yes' if largest <= 1e-8 else '**no**'})"


def memory_at_most(quick: bool) -> list[list[str]]:
    """Return the most that a fit holds above its input: exact an object, compressed in all."""
    n = 10**6 if quick else 10**7
    y, starts = drawn(n, classes(4, 2))()
    fit(y[:1000], 4, starts=starts, max_iter=1)  # what is imported on the way is not counted
    exact = peak(lambda: fit(y, 4, starts=starts, max_iter=2, tol=0)) * 1e6 / n
    whole = peak(lambda: fit(y, 4, starts=starts, max_iter=50, tol=0, compress=True, accelerate=True))
    size = f"N={n:.0e}".replace("e+0", "e")
    return [
        [f"memory above the input, {size}, exact: bytes an object", beside(exact, 32, True)],
        [f"memory above the input, {size}, compressed: MB in all", beside(whole, 4, True)],
    ]


def imports(quick: bool) -> list[list[str]]:
    """Compare `import gmm_lesson` with `import numpy`, each in a fresh interpreter."""
    code = "import time; begin = time.perf_counter(); import {}; print(time.perf_counter() - begin)"
    times: dict[str, list[float]] = {"numpy": [], "gmm_lesson": []}
    for _ in range(5 if quick else 25):
        for name, values in times.items():
            command = [sys.executable, "-c", code.format(name)]
            values.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    numpy, mine = (statistics.median(values) for values in times.values())
    name = f"`import gmm_lesson`, times `import numpy` ({in_words(mine)}, {in_words(numpy)})"
    return [[name, beside(mine / numpy, 1.1, True)]]


OTHERS: dict[str, Callable[[bool], list[list[str]]]] = {
    "far apart": far_apart,
    "to the optimum": to_the_optimum,
    "memory": memory_at_most,
    "import": imports,
}


# Telling


def machine(r: R | None) -> str:
    """Return what this ran on, with no names of hosts or folders."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = f"{len(names)} x {names[0]}" if names else model
    parts = [
        model,
        platform.system(),
        f"Python {platform.python_version()}",
        f"numpy {np.__version__}",
        f"scikit-learn {sklearn.__version__}",
    ]
    if r:
        version = r.ask("as.numeric(unlist(packageVersion('mclust')))")
        parts.append("mclust " + ".".join(f"{part:.0f}" for part in version))
    return ", ".join(parts)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Measure, print, and store what was measured in full."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small and few, in under a minute; prints only")
    parser.add_argument(
        "--only", metavar="NAME", default="", help="the parts with this in their names; prints only"
    )
    told = parser.parse_args()
    times, limits, memories, others = [], [], [], []
    with r_of_this_machine() as r:
        on = machine(r)
        for case in cases(told.quick):
            if told.only not in case.name:
                continue
            print(case.name, "...", file=sys.stderr, flush=True)
            medians = measured(case, r)
            times.append(time_row(case, medians, r))
            if "exp" in medians:
                limits.append(limit_row(case, medians))
            memories.append(memory(case, r))
            case.y, case.starts = np.empty(0), []
    for name, compare in OTHERS.items():
        if told.only in name:
            print(name, "...", file=sys.stderr, flush=True)
            others += compare(told.quick)
    text = report(on, times=times, limits=limits, memories=memories, others=others)
    print(text)
    if not (told.quick or told.only):
        STORED.write_text(text)


REPORT = """# What EM costs

{on}.

Written by `python benchmarks/engine.py`. Everybody makes the same steps from the same starts, in turns, in
one run; medians. A bar is what this package must reach.

## Times

All restarts together. Of 1,000 restarts the peers ran {few}, and their times are scaled. mclust stops where
its log-likelihood no longer changes: then the steps that it made on average are given, and its time is scaled
to all. The loops of 2021, with a density of scipy.stats for every object and class, were timed on
{loop_steps} steps of one restart, and scaled. "x" is: so many times faster than that one.

{times}

## The limit

For each object and class: one exponential, in cache; the lower bound with everything else that must be done;
and what one more step costs.

{limits}

## Memory

Peak above the input in MB, of one fit from one start by the peers and from all starts by this package. R's
counts what its collector had not yet freed. And by how much the log-likelihoods differ after the same steps,
in shares (scikit-learn adds 1e-6 to its variances).

{memories}

## And

{others}
"""
HEADS = {
    "times": "case|steps|this package|scikit-learn full|scikit-learn diag|mclust|the loops of 2021"
    "|x scikit-learn, its faster|x mclust|x the loops",
    "limits": "case|exp|lower bound|this package|times exp|times the bound",
    "memories": "case|this package|scikit-learn full|scikit-learn diag|mclust|difference",
    "others": "what|measured",
}


def report(on: str, **rows: list[list[str]]) -> str:
    """Return the tables with a sentence each."""
    tables = {name: table(head.split("|"), rows[name]) for name, head in HEADS.items()}
    return REPORT.format(on=on, few=PEER_STARTS, loop_steps=LOOP_STEPS, **tables)


if __name__ == "__main__":
    main()
