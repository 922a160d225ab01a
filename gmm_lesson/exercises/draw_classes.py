"""The draw of classes of lesson 01: what a right one is, and the wrong ones that we know."""

from gmm_lesson.exercises.chance import read_draws
from gmm_lesson.exercises.kit import Case, Exercise

MISTAKES = """
START = K = len(weights)
DRAW = rng.choice(K, size=n, p=weights)

equal-counts: Every class gets the same number of objects in every run, however unequal the weights are.
    z = rng.permutation(np.arange(n) % K) | rng.permutation(np.arange(n + K - n % K) % K)[:n]
weights-ignored: The classes come up equally often, or the first as often as the last should.
    , p=weights) -> ) | , p=weights[::-1])
counts-never-vary: The counts are the same in every run; those of independent draws are not.
    z = rng.permutation(np.repeat(np.arange(K), (n * weights).astype(int)))
weights-not-met: Some classes come up more often than their weights say, and others less often.
counts-vary-too-little: From run to run the counts vary less than those of independent draws do.
one-draw-for-all: All objects of a run are of one class, and those of another run of the same or of another.
    z = np.full(n, rng.choice(K, p=weights)) | np.full(n, weights.argmax()) | np.zeros(n, dtype=int)
forgotten-shuffle: The labels come in blocks, one class after another: the place of an object tells its class.
    z = np.repeat(np.arange(K), rng.multinomial(n, weights).astype(int))
    NEXT -> z = np.sort(z); NEXT | z = np.sort(z)[::-1]; NEXT
    NEXT -> z = z[np.argsort(rng.permutation(K + 1)[z])]; NEXT
neighbours-too-alike: Neighbours are of the same class too often: one object's class depends on another's.
same-places-every-time: The same places hold the same classes in run after run: a place tells its class.
labels-from-one: The labels begin at 1 and end at K; in the course they begin at 0, and end at one less.
    BACK -> BACK + 1
wrong-length: There are not as many entries as objects were asked for.
    size=n -> size=n + 1 | size=n - 1
generator-not-used: Two generators that start from one seed give two answers: something is drawn elsewhere.
    START -> rng = np.random.default_rng(); START
same-draw-every-time: The same classes come out in every run, whatever generator is handed over.
    rng.choice -> np.random.default_rng(0).choice
    START -> rng = np.random.default_rng(0); START
generator-starts-over: Called twice with one generator, it gives the same twice: the generator does not move.
"""

EXERCISE = Exercise(
    about="""Judge a draw of classes: a function of (n, weights, rng) that returns z.

    It gets n, the weights, shape (K,), as an array or a plain list, and a numpy Generator, and returns the
    classes z of n independent objects, shape (n,), each one of 0..K-1.
    """,
    lesson=1,
    program="""
def my_draw_classes(n, weights, rng):
    K = len(weights)
    z = rng.choice(K, size=n, p=weights)
    return z
""",
    read=read_draws,
    answer="draws every class as often as its weight says, and each object for itself",
    cases=(
        Case("one class", (5, [1]), runs=2),
        Case("one object", (1, [0.5, 0.3, 0.2]), runs=100),
        Case("two objects", (2, [0.5, 0.3, 0.2]), runs=200),
        Case("seven objects", (7, [0.5, 0.3, 0.2]), runs=40),
        Case("three classes", (200, [0.5, 0.3, 0.2]), runs=60),
        Case("a common class between rare ones", (201, [0.05, 0.9, 0.05]), runs=20),
        Case("four equal classes", (50, [0.25, 0.25, 0.25, 0.25]), runs=40),
        Case("six classes", (97, [0.1, 0.25, 0.05, 0.3, 0.1, 0.2]), runs=60),
        Case("three classes", (200, [0.2, 0.3, 0.5]), runs=20, form="lists"),
    ),
    table="NEXT = return z\nBACK = return z\n" + MISTAKES,
)
