"""The review of lesson 11: a program with faults, and what there is to say of the lines that are named."""

from gmm_lesson.exercises.verdict import Verdict, verdict

PROGRAM = """
from scipy import random                                             ## repeat
means = [random.rand() * 20 * i for i in (1, 2, 3, 4)]               ## repeat
var = [random.rand() * 2 * i for i in (1, 2, 3, 4)]                  ## figure
z = repeat(range(4), random.multinomial(200, [1/4] * 4))             ## repeat
y = array([random.normal(means[k], var[k]) for k in z])              ## figure
v = [random.randint(1, 5) for i in range(200)]                       ## nothing
start = [15 + random.rand() for k in range(4)]                       ## search
best, r = -inf, zeros((200, 4))
for restart in range(10):                                            ## time
    m = [random.rand() * max(y) for k in range(4)]                   ## note
    w, s2 = [1/4] * 4, start                                         ## search
    for step in range(201):                                          ## endings
        for i in range(200):                                         ## time
            for k in range(4):                                       ## time
                r[i, k] = w[k] * normal_density(y[i], m[k], s2[k])   ## time
            r[i] = r[i] / sum(r[i])
        w = r.mean(axis=0)
        s2 = [average((y - m[k])**2, weights=r[:, k]) for k in range(4)]  ## step
        m = [average(y, weights=r[:, k]) for k in range(4)]          ## step
        ll = log_likelihood(y, w, m, s2)
    if ll > best: best, M, S2 = ll, m, s2                            ## note
plot(rank, sorted(means), rank, sorted(M), title="means")            ## figure, by rank
plot(rank, sorted(var), rank, sorted(S2), title="var")               ## figure
"""  # behind ##: what a fault of the line changes, or that it is worth a note
HOW = """Give each line that has a fault, and what the fault changes, as {99: "time"}. It is one of:
    "repeat"   whether anybody can run it again
    "search"   how often a start reaches the best
    "step"     where a single step leads
    "endings"  whether a run ends where it comes to rest
    "figure"   what the closing figure says
    "time"     how long it takes, and nothing else
    "nothing"  not a single number"""
LINES = [line.partition("##") for line in PROGRAM.strip().splitlines()]
LISTING = "\n".join(f"{n:2}  {code.rstrip()}" for n, (code, *_) in enumerate(LINES, start=1))
FAULTS = {n: fault.strip() for n, (*_, fault) in enumerate(LINES, start=1)}
FIRST = {fault: n for n, fault in reversed(FAULTS.items()) if fault not in ("", "note")}
SAYS = {"found": "Found", "other": "A fault, but of another effect", "note": "Worth a note", "": "No fault"}


def review(named: object) -> Verdict:
    """Say which faults a review names, given as {line: "what its fault changes"}. It raises nothing."""
    given = {n: it for n, it in named.items() if type(n) in (int, str)} if type(named) is dict else {}
    said: dict[str, list[int]] = {kind: [] for kind in SAYS}
    for n, fault in FAULTS.items():
        if (change := given.get(n, given.get(f"{n}"))) is not None:
            right = type(change) is str and change.strip().lower() == fault.split(",")[0]
            said[fault if fault in SAYS else "found" if right else "other"].append(n)
    if not any(said.values()):
        return verdict("not started", "Not started.", *HOW.split("\n", 1))
    left = FIRST.keys() - {FAULTS[n] for n in said["found"]}
    says = [f"{SAYS[kind]}: line {', '.join(map(str, its))}." for kind, its in said.items() if its]
    at = [f"{sum(a <= FIRST[f] <= b for f in left)} in {a} to {b}" for a, b in ((1, 8), (9, 21), (22, 23))]
    says += [f"Of 8 faults {len(left)} remain. Look again, by lines: {', '.join(at)}."] * bool(left)
    done = not (left or said["other"] or said[""])
    return verdict("right" if done else "unknown mistake", "Right." if done else "Not yet.", *says)
