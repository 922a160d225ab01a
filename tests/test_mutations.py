"""The tests are tests: break one thing in a copy of the package, and they fail.

Each mutation changes one piece of text in a copy of gmm_lesson, and runs some of the tests on the copy. They
must fail (pytest's exit code 1), not merely break (2 to 5); on the copy as it is they must pass (0).
"""

import shutil
from pathlib import Path

import pytest
from copies import run_tests

import gmm_lesson

PACKAGE = Path(gmm_lesson.__file__).parent
TESTS = Path(__file__).parent

MIXTURE = ("test_mixture.py",)
TEXTBOOK = ("test_em.py",)
ENGINE = ("test_engine.py",)
ACCELERATE = ("test_accelerate.py",)
COMPRESS = ("test_compress.py",)
PROGRESS = ("test_progress.py",)
RESTARTS = ("test_restarts.py",)
PLANE = ("test_plane.py",)
INFORMATION = ("test_information.py",)
BOOTSTRAP = ("test_bootstrap.py",)
TRIAGE = ("test_triage.py",)

# One line each: what is broken, in which file, from which text, to which, and the tests that must notice.
MUTATIONS = [
    (
        "sds without the root",
        "mixture",
        "return np.sqrt(self._variances)",
        "return self._variances + 0",
        MIXTURE,
    ),
    ("no 1/2 in the exponent", "mixture", "-0.5 * (distance**2 + ", "-1.0 * (distance**2 + ", MIXTURE),
    (
        "no 1/2 in the exponent alone",
        "mixture",
        "-0.5 * (distance**2 + np.log(2 * np.pi * self.variances))",
        "-distance**2 - 0.5 * np.log(2 * np.pi * self.variances)",
        MIXTURE,
    ),
    ("no normalising constant", "mixture", "np.log(2 * np.pi * self.variances)", "0.0", MIXTURE),
    ("no 2 pi", "mixture", "np.log(2 * np.pi * self.variances)", "np.log(self.variances)", MIXTURE),
    ("Q without responsibilities", "em", "(r * log_joint).sum()", "log_joint.sum()", TEXTBOOK),
    ("no weights", "mixture", "np.log(self.weights) + log_gaussian", "log_gaussian", MIXTURE),
    (
        "samples by variance",
        "mixture",
        "rng.normal(self.means[z], self.sds[z])",
        "rng.normal(self.means[z], self.variances[z])",
        MIXTURE,
    ),
    ("samples evenly", "mixture", "size=n, p=self.weights / self.weights.sum()", "size=n", MIXTURE),
    (
        "sorts the means alone",
        "mixture",
        "self.weights[index], self.means[index], self.variances[index]",
        "self.weights, self.means[index], self.variances",
        MIXTURE,
    ),
    ("can be changed", "mixture", "copy.setflags(write=False)", "pass", MIXTURE),
    ("shares its input", "mixture", "copy = values + 0.0", "copy = values", MIXTURE),
    (
        "no shift in e_step",
        "em",
        "np.exp(log_joint - log_joint.max(axis=1, keepdims=True))",
        "np.exp(log_joint)",
        TEXTBOOK,
    ),
    (
        "no shift in log_likelihood",
        "em",
        "top = log_joint.max(axis=1)",
        "top = np.zeros(len(log_joint))",
        TEXTBOOK,
    ),
    ("shift not given back", "em", "(top + np.log(np.exp(", "(0 * top + np.log(np.exp(", TEXTBOOK),
    ("N for N_k", "em", "share = r / n_k", "share = r / len(y)", TEXTBOOK),
    (
        "weights not divided by N",
        "em",
        "weights = n_k / len(y)",
        "weights = np.full(len(n_k), 1 / len(n_k))",
        TEXTBOOK,
    ),
    (
        "squares around the mean of all, not of the class",
        "em",
        "(y[:, np.newaxis] - means) ** 2",
        "(y[:, np.newaxis] - y.mean()) ** 2",
        TEXTBOOK,
    ),
    (
        "absolute distances",
        "em",
        "(y[:, np.newaxis] - means) ** 2",
        "np.abs(y[:, np.newaxis] - means)",
        TEXTBOOK,
    ),
    (
        "no floor in m_step",
        "em",
        "variances = np.maximum(variances, floor)",
        "variances = np.maximum(variances, 1e-9)",
        TEXTBOOK,
    ),
    ("no floor on the start", "em", "np.maximum(start.variances, floor)", "start.variances", TEXTBOOK),
    ("no floor passed on", "em", "e_step(y, now), floor=floor)", "e_step(y, now), floor=1e-9)", TEXTBOOK),
    ("dead class unguarded", "em", "r = r + WHISPER", "r = r + 0.0", TEXTBOOK),
    ("loud whisper", "em", "WHISPER = 1e-200", "WHISPER = 1e-5", TEXTBOOK),
    ("tol of the sum", "em", "(tol * n if tol > 0", "(tol if tol > 0", TEXTBOOK),
    ("tol=0 stops", "em", "(tol * n if tol > 0 else -1.0)", "(tol * n)", TEXTBOOK),
    ("a step too many", "em", "while len(path) <= max_iter", "while len(path) <= max_iter + 1", TEXTBOOK),
    (
        "no 1/2 in the engine's square",
        "line",
        "np.divide(-0.5, variances, out=eta[..., 2])",
        "np.divide(-1.0, variances, out=eta[..., 2])",
        ENGINE,
    ),
    (
        "wrong sign of eta",
        "line",
        "np.divide(means, variances, out=eta[..., 1])",
        "np.divide(-means, variances, out=eta[..., 1])",
        ENGINE,
    ),
    ("no 1/2 in the engine's constant", "line", "0.5 * means * eta[..., 1]", "means * eta[..., 1]", ENGINE),
    ("no weights in the engine", "line", "peak = np.log(weights) - 0.5 *", "peak = -0.5 *", ENGINE),
    (
        "no normalising constant in the engine",
        "line",
        "peak = np.log(weights) - 0.5 * np.log(variances)",
        "peak = np.log(weights) + 0 * variances",
        ENGINE,
    ),
    (
        "no 2 pi in the engine",
        "line",
        "np.log(self.unit) + 0.5 * np.log(2 * np.pi)",
        "np.log(self.unit)",
        ENGINE,
    ),
    ("no unit in the features", "line", "out[1] *= 1 / self.unit", "pass", ENGINE),
    ("no 1/2 for a narrow class", "line", "out[:, 2] * -0.5", "out[:, 2] * -1.0", ENGINE),
    ("no weight for a narrow class", "line", "(np.log(narrow.weights) - 0.5 *", "(-0.5 *", ENGINE),
    (
        "no root for a narrow class",
        "line",
        "narrow.means), np.sqrt(narrow.variances)",
        "narrow.means), narrow.variances + 0",
        ENGINE,
    ),
    ("far start unguarded", "line", "np.where(far, nearest, narrow.means)", "narrow.means + 0", ENGINE),
    (
        "a narrow class's origin not given back",
        "line",
        "sums.origin + sums.unit * shift",
        "sums.unit * shift",
        ENGINE,
    ),
    ("a narrow class's unit not squared", "line", "sums.unit**2 * spread", "sums.unit * spread", ENGINE),
    (
        "N for N_k in the engine",
        "line",
        "shift = sums.total[..., 1] / n_k",
        "shift = sums.total[..., 1] / n",
        ENGINE,
    ),
    (
        "N for N_k in the engine's variance",
        "line",
        "sums.total[..., 2] / n_k - shift**2",
        "sums.total[..., 2] / n - shift**2",
        ENGINE,
    ),
    (
        "old mean in the variance",
        "line",
        "sums.total[..., 2] / n_k - shift**2",
        "sums.total[..., 2] / n_k",
        ENGINE,
    ),
    ("no floor in the engine", "line", "np.maximum(variances, floor)", "variances", ENGINE),
    ("no mean of all for a class left empty", "line", "np.where(empty, self.mean, means)", "means", ENGINE),
    (
        "weights of a jump do not sum to one",
        "line",
        "weights /= weights.sum(axis=1, keepdims=True)",
        "pass",
        ACCELERATE,
    ),
    (
        "the turn of the classes not undone",
        "engine",
        "total[order, places] = np.swapaxes(turned[0], 0, 1)",
        "total[order] = turned[0]",
        ENGINE,
    ),
    (
        "the order of the restarts not undone",
        "engine",
        "log_likelihood = turned[1][np.argsort(order)]",
        "log_likelihood = turned[1]",
        ENGINE,
    ),
    ("no clip", "engine", "if way != PLAIN:", "if way > SHIFTED:", ENGINE),
    ("a clip too near", "engine", "OVERFLOW = 700.0", "OVERFLOW = 20.0", ENGINE),
    (
        "every way is plain",
        "engine",
        "safe, few = most <= OVERFLOW / 2,",
        "safe, few = most <= 2 * NARROW,",
        ENGINE,
    ),
    ("no careful way", "engine", "NARROW = 2.0**17", "NARROW = 2.0**70", ENGINE),
    (
        "shift not given back in the engine",
        "engine",
        "log_likelihood += (top if",
        "log_likelihood += 0 * (top if",
        ENGINE,
    ),
    (
        "shift of counted objects given back once",
        "engine",
        "else top * counts)",
        "else top)",
        ENGINE,
    ),
    (
        "the reference's log-likelihood left out",
        "engine",
        "log_likelihood[some] += np.vecdot(eta[0, some], total[some].sum(axis=1))",
        "pass",
        ENGINE,
    ),
    ("counts left out of the sums", "engine", "share *= counts", "pass", ENGINE),
    (
        "counts left out of the log-likelihood",
        "engine",
        "(np.log(share) * counts).sum",
        "np.log(share).sum",
        ENGINE,
    ),
    ("only the first block", "engine", "for at in range(0, len(y), n):", "for at in range(0, 1, n):", ENGINE),
    ("a narrow class's exponents left out", "engine", "odds[exact[0]] = exact[1]", "pass", ENGINE),
    (
        "a narrow class's sums left out",
        "engine",
        "total[restarts, places] = np.vecdot",
        "_ = np.vecdot",
        ENGINE,
    ),
    (
        "those beyond the eights left out",
        "engine",
        "if n % 8 else 0.0",
        "if False else 0.0",
        ENGINE,
    ),
    ("eight too small for a product", "engine", "if products.min() > 1e-290:", "if True:", ENGINE),
    (
        "narrow classes counted from the first restart",
        "engine",
        "self.where[1][mine] - some.start",
        "self.where[1][mine]",
        ENGINE,
    ),
    (
        "no floor on the engine's start",
        "loop",
        "here = at = family.mended(inward, none, floor)",
        "here = at = inward",
        ENGINE,
    ),
    (
        "dead class unguarded in the engine",
        "loop",
        "sums.counts < WHISPER * source.n",
        "sums.counts < -1",
        ENGINE,
    ),
    ("converged ones stay", "loop", "on = ~done", "on = done == done", ENGINE),
    (
        "jump kept though it fell",
        "accelerate",
        "np.asarray(~self.jumped | (gain > rounding) | still)",
        "np.asarray(self.jumped == self.jumped)",
        ACCELERATE,
    ),
    ("a jump ends a run", "accelerate", "enough & ~self.jumped", "enough", ACCELERATE),
    ("not polished", "accelerate", "POLISH, POLISHED = 5,", "POLISH, POLISHED = 0,", COMPRESS),
    ("stops where a step gains little", "accelerate", "(left <= tol)", "(np.abs(gain) <= tol)", ACCELERATE),
    (
        "no floor under a jump",
        "loop",
        "family.mended(guide.propose(settled), none[going], floor)",
        "guide.propose(settled)",
        ACCELERATE,
    ),
    ("only steps of EM", "loop", "if accelerate else None", "if accelerate is None else None", ACCELERATE),
    (
        "history not forgotten",
        "accelerate",
        "self.dx[:, forget], self.dstep[:, forget] = 0, 0",
        "pass",
        ACCELERATE,
    ),
    (
        "an undone jump's place kept",
        "accelerate",
        "np.where(kept[:, np.newaxis], self.x_here, old_x)",
        "self.x_here",
        ACCELERATE,
    ),
    (
        "an undone jump's step kept",
        "accelerate",
        "np.where(kept[:, np.newaxis], self.step_here, old_step)",
        "self.step_here",
        ACCELERATE,
    ),
    (
        "Anderson's turn again after it fell",
        "accelerate",
        "(grows | self.humble)",
        "grows",
        ACCELERATE,
    ),
    (
        "back to the saddle",
        "accelerate",
        "squarem = may & plain & (grows | self.humble)",
        "squarem = may & False",
        ACCELERATE,
    ),
    ("wrong sign of Anderson", "accelerate", "free[anderson] -=", "free[anderson] +=", ACCELERATE),
    (
        "the first restart's jump for all",
        "accelerate",
        "self._correction()[anderson]",
        "self._correction()[0]",
        ACCELERATE,
    ),
    (
        "SQUAREM without its square",
        "accelerate",
        " + far**2 * dstep[squarem]",
        "",
        ACCELERATE,
    ),
    ("a jump that fell may be as long again", "accelerate", "np.where(kept, 4.0, 0.25)", "4.0", ACCELERATE),
    (
        "jumps again where a jump gained nearly nothing",
        "accelerate",
        "(plain | ~settled | (self.polish > 0))",
        "(plain | True)",
        ACCELERATE,
    ),
    (
        "history of those that left",
        "accelerate",
        "setattr(self, name, getattr(self, name)[which])",
        "setattr(self, name, getattr(self, name)[: which.sum()])",
        ACCELERATE,
    ),
    (
        "bins' variance left out",
        "compress",
        "np.array([mean - sd, mean + sd])",
        "np.array([mean, mean])",
        COMPRESS,
    ),
    ("bins' mean left out", "compress", "np.array([mean - sd, mean + sd])", "np.array([-sd, sd])", COMPRESS),
    ("every bin twice", "compress", "np.tile(counts / 2, 2)", "np.tile(counts, 2)", COMPRESS),
    (
        "counts left out of the bins",
        "compress",
        "number = None if counts is None else counts[at : at + PIECE]",
        "number = None",
        COMPRESS,
    ),
    ("bins not checked", "compress", "if apart <= AGREE:", "if True:", COMPRESS),
    ("bins checked loosely", "compress", "AGREE = 1e-9", "AGREE = 1e-3", COMPRESS),
    ("bins never finer", "compress", "bins * 2 ** max(1,", "bins * 2**20 ** max(1,", COMPRESS),
    ("too narrow, and nothing said", "compress", "    if tried:", "    if False:", COMPRESS),
    (
        "the histogram's log-likelihood",
        "compress",
        "ends.log_likelihood[best] = value",
        "pass",
        COMPRESS,
    ),
    ("objects that count nothing kept", "objects", "if counts is None or counts.all():", "if True:", ENGINE),
    ("other blocks unnoticed", "objects", "if seen != self.size:", "if False:", ENGINE),
    ("the unit given back once", "objects", "self.n * self.family.log_unit", "self.family.log_unit", ENGINE),
    ("the range of the first block", "objects", "np.maximum(self.high, other.high)", "self.high", ENGINE),
    (
        "starts drawn evenly",
        "objects",
        'np.searchsorted(np.cumsum(counts), places, side="right")',
        "(places * len(y) / counts.sum()).astype(np.intp)",
        ENGINE,
    ),
    (
        "starts from the first block",
        "objects",
        "cut = places[np.searchsorted(places, left) :",
        "cut = places[0 :",
        ENGINE,
    ),
    ("a generator as blocks", "objects", "if iter(y) is y:", "if False:", ENGINE),
    ("a bar at once", "progress", "PATIENCE = 1.0", "PATIENCE = 0.0", PROGRESS),
    ("a bar left open", "progress", "each.close()", "pass", PROGRESS),
    ("a bar for nobody", "progress", "sys.stderr and sys.stderr.isatty()", "True", PROGRESS),
    (
        "a bar in a stored page",
        "progress",
        "bool(_page.running()[0]) and not _page.storing()",
        "bool(_page.running()[0])",
        PROGRESS,
    ),
    (
        "worst restart kept",
        "restarts",
        "runs.log_likelihood.argmax()",
        "runs.log_likelihood.argmin()",
        RESTARTS,
    ),
    ("first restart kept", "restarts", "int(runs.log_likelihood.argmax())", "0", RESTARTS),
    (
        "k-means++ by distance",
        "kmeans",
        "((t - t[chosen[-1]]) ** 2).sum(axis=1)",
        "((t - t[chosen[-1]]) ** 2).sum(axis=1) ** 0.5",
        RESTARTS,
    ),
    (
        "k-means++ at random",
        "kmeans",
        "p=nearest / nearest.sum() if nearest.any() else None",
        "p=None",
        RESTARTS,
    ),
    (
        "k-means++ from the last",
        "kmeans",
        "np.minimum(nearest, ((t - t[chosen[-1]]) ** 2).sum(axis=1))",
        "((t - t[chosen[-1]]) ** 2).sum(axis=1)",
        RESTARTS,
    ),
    (
        "a global seed",
        "restarts",
        'restarts, rng = whole_number(restarts, "restarts", 1), generator(rng)',
        'restarts, rng = whole_number(restarts, "restarts", 1), np.random.default_rng()',
        RESTARTS,
    ),
    ("no 1/2 directly", "line", "r *= -0.5", "r *= -1.0", ENGINE),
    ("no weights directly", "line", "r += (np.log(weights) - np.log(sds))", "r += (-np.log(sds))", ENGINE),
    ("no sds directly", "line", "(np.log(weights) - np.log(sds))", "(np.log(weights))", ENGINE),
    ("no root directly", "line", "sds = np.sqrt(variances)", "sds = variances + 0", ENGINE),
    ("shift not given back directly", "line", "log_p = top + np.log", "log_p = np.log", ENGINE),
    ("counts ignored directly", "line", "(1.0 if counts is None else counts) / joint", "1.0 / joint", ENGINE),
    ("counts left out of the score directly", "line", "else log_p * counts)", "else log_p)", ENGINE),
    (
        "far outside directly",
        "line",
        "if not (means.min() >= self.low - span and means.max() <= self.high + span):",
        "if False:",
        ENGINE,
    ),
    ("no curvature of the sd", "information", "3 * u**2 - 1", "u**2 + 1", INFORMATION),
    ("mean and sd apart", "information", "2 * (share * u)", "0 * (share * u)", INFORMATION),
    (
        "classes drawn each on its own",
        "information",
        "(np.eye(k) - r[:, np.newaxis, :])",
        "np.eye(k) * (1 - r[:, np.newaxis, :])",
        INFORMATION,
    ),
    (
        "sd's derivative off",
        "information",
        "np.ones_like(u), u, u**2 - 1]",
        "np.ones_like(u), u, u**2]",
        INFORMATION,
    ),
    ("score of the sd off", "information", "(share * (u**2 - 1))", "(share * u**2)", INFORMATION),
    ("all weights free", "information", "change[k - 1, : k - 1] = -1", "pass", INFORMATION),
    ("weights do not sum to one", "information", ".Q[:, 1:]", ".Q[:, :-1]", INFORMATION),
    ("variances for errors", "information", "axes / np.sqrt(1 - shares)", "axes / (1 - shares)", INFORMATION),
    ("errors of a saddle", "information", "if shares[-1] > 1 - FLAT:", "if False:", INFORMATION),
    ("the gap falls as the error", "information", "(2 * math.log(rho))", "math.log(rho)", INFORMATION),
    (
        "both tails on each side",
        "information",
        "(1 + check_level(level)) / 2",
        "check_level(level)",
        INFORMATION,
    ),
    ("gap without a half", "information", "0.5 * (slope**2", "(slope**2", INFORMATION),
    ("refits not matched", "bootstrap", "np.take_along_axis(part, order, axis=1)", "part + 0", BOOTSTRAP),
    ("degenerate refits kept", "bootstrap", "[:, ~self.degenerate]", "", BOOTSTRAP),
    ("other restarts' objects", "bootstrap", "Rows(self.y[which],", "Rows(self.y[: which.sum()],", BOOTSTRAP),
    ("one tail", "bootstrap", "[(1 - level) / 2, (1 + level) / 2]", "[1 - level, level]", BOOTSTRAP),
    ("small is enough", "triage", "NARROW * others", "others", TRIAGE),
    ("narrow is enough", "triage", "objects[k] < FEW and", "", TRIAGE),
    ("level ground not tried", "triage", "if rho > 1 - FLAT:", "if rho > 1 + FLAT:", TRIAGE),
    ("the end of EM not asked", "triage", "stationary_gap(y, mixture) > STILL", "False", TRIAGE),
    ("half of every product", "plane_family", "np.where(i == j, -0.5, -1.0)", "-0.5", PLANE),
    (
        "floor on no axis but its own",
        "plane_family",
        "np.maximum(sizes, least[..., np.newaxis])",
        "sizes",
        PLANE,
    ),
    (
        "products of distances from 0",
        "plane_family",
        "products[..., row] - means[..., i] * means[..., j]",
        "products[..., row]",
        PLANE,
    ),
    (
        "old mean in a diagonal variance",
        "plane_family",
        "spread = squares - means**2",
        "spread = squares",
        PLANE,
    ),
    (
        "a narrow class's shape not given back",
        "plane_family",
        "spread = sums.unit @ spread @ np.swapaxes(sums.unit, -1, -2)",
        "pass",
        PLANE,
    ),
    (
        "a narrow class's place not given back",
        "plane_family",
        "means = sums.origin + (sums.unit @ means[..., np.newaxis])[..., 0]",
        "pass",
        PLANE,
    ),
    (
        "no root for narrow classes",
        "plane_family",
        "return np.sqrt(variances)",
        "return variances + 0",
        PLANE,
    ),
    ("axes not scaled", "plane_family", "t /= self.unit[:, np.newaxis]", "pass", PLANE),
    (
        "a tilt forgotten in a jump",
        "plane_family",
        "factor[..., i, j] = rest",
        "factor[..., i, j] = 0 * rest",
        PLANE,
    ),
    ("plane samples untilted", "plane", "(factor[z] @ normal)[..., 0]", "normal[..., 0]", PLANE),
    ("distances not whitened", "plane", "z = np.linalg.solve(factor, away)", "z = (away)", PLANE),
    (
        "galaxy 78 as in R",
        "data/__init__",
        "    objects = [table",
        "    table = {c: np.where(v == 26960, 26690, v) for c, v in table.items()}\n    objects = [table",
        ("test_data.py",),
    ),
]
SUBSETS = sorted({subset for *_, subset in MUTATIONS})

CONFTEST = """
from pathlib import Path
import gmm_lesson

HERE = Path(__file__).resolve().parent
# An error here ends pytest with a code above 1: tests of the wrong copy cannot pass for failing ones.
assert Path(gmm_lesson.__file__).resolve().parent.parent == HERE, gmm_lesson.__file__
"""


def run_tests_on_a_copy(folder, subset, mutate=None):
    """Copy the package and tests into a folder, change the copy, return pytest's exit code and output."""
    shutil.copytree(PACKAGE, folder / "gmm_lesson", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("problems.py", *subset):
        shutil.copy(TESTS / name, folder)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    if mutate:
        module, old, new = mutate
        path = folder / "gmm_lesson" / f"{module}.py"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (
            f"{module}.py has {text.count(old)} of {old!r}: bring the mutation up to date"
        )
        path.write_text(text.replace(old, new), encoding="utf-8")
    # What takes seconds is left out, as the seeds of 2021: the rest must notice.
    return run_tests(folder, "-k", "not 2021 and not real and not optim", *subset)


@pytest.mark.parametrize("subset", SUBSETS, ids=" ".join)
def test_the_copy_as_it_is_passes(subset, tmp_path):
    code, output = run_tests_on_a_copy(tmp_path, subset)
    assert code == 0, output
    assert " passed" in output


@pytest.mark.parametrize(
    ("module", "old", "new", "subset"),
    [mutation[1:] for mutation in MUTATIONS],
    ids=[mutation[0] for mutation in MUTATIONS],
)
def test_the_broken_copy_fails(module, old, new, subset, tmp_path):
    code, output = run_tests_on_a_copy(tmp_path, subset, (module, old, new))
    assert code == 1, output
    assert "1 failed" in output, output  # a failing test, not an error in setting one up


def test_a_copy_that_is_not_the_one_imported_is_noticed(tmp_path):
    # Without the copy's own package the installed one is imported: that must not look like failing tests.
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    shutil.copy(TESTS / "problems.py", tmp_path)
    shutil.copy(TESTS / "test_mixture.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    code, output = run_tests(tmp_path, "test_mixture.py")
    assert code > 1, output
