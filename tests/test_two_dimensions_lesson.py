"""What lesson 10 says in words, computed."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from gmm_lesson import Mixture, PlaneMixture, e_step, fit_plane, load
from gmm_lesson.exercises.predict import QUESTIONS
from gmm_lesson.explorers import plane_scrubber
from gmm_lesson.study.choose import bootstrap_choices, by_components, n_parameters

BIRDS = load("penguins")
Y, SD = BIRDS.bills, BIRDS.bills.std(axis=0)
Z = np.unique(BIRDS.species, return_inverse=True)[1]
FORMS = ("full", "tied", "diagonal", "spherical")


def together(given, k=3):
    """Return how many birds of each kind are in each class."""
    counts = np.zeros((3, k), int)
    np.add.at(counts, (Z, given), 1)
    return counts


def misplaced(given):
    """Return how many birds are not in the class of their kind, the one that has the most of it."""
    counts = together(given)
    assert sorted(counts.argmax(axis=1)) == [0, 1, 2]
    return int(counts.sum() - counts.max(axis=1).sum())


@pytest.fixture(scope="module")
def three():
    return fit_plane(Y, 3)


@pytest.fixture(scope="module")
def choices():
    return {form: by_components(Y, range(1, 10), covariance=form) for form in FORMS}


def test_two_measures_part_what_one_could_not(three):
    assert three.log_likelihood == pytest.approx(-1634.187, abs=5e-4)
    assert misplaced(e_step(Y, three.mixture).argmax(axis=1)) == 12 == float(QUESTIONS["10-second"].answer)
    for y in Y.T:  # the best that one measure can do, as in lesson 07
        means, variances = ([f(y[k == Z]) for k in range(3)] for f in (np.mean, np.var))
        truth = Mixture(np.bincount(Z) / len(Z), means, variances)
        assert (e_step(y, truth).argmax(axis=1) != Z).sum() == 82


def test_the_correlation_changes_its_sign_within_the_classes(three):
    assert np.corrcoef(Y.T)[0, 1] == pytest.approx(-0.235, abs=5e-4)
    assert np.sort(three.mixture.correlations[:, 0, 1]).round(2).tolist() == [0.32, 0.72, 0.73]
    assert QUESTIONS["10-sign"].answer == "Above .3 in each"
    assert all(np.corrcoef(Y[k == Z].T)[0, 1] > 0.3 for k in range(3))


def test_each_form_chooses_its_own_number_of_classes_and_tied_has_the_lowest_bic(choices):
    lowest = [(choice.best, choice.bic.min().round(1)) for choice in choices.values()]
    assert lowest == [(3, 3367.6), (4, 3354.4), (4, 3403.6), (8, 3450.4)]
    assert all(np.diff(np.sort(choice.bic)[:2]) > 1.5 for choice in choices.values()), "no near ties"
    assert not choices["full"].failed.any()
    assert by_components(Y, [8, 9, 10], covariance="spherical", restarts=60).best == 8
    chosen = bootstrap_choices(Y, range(2, 6), restarts=10, floor=0.5**2)
    assert np.bincount(chosen).tolist() == [0, 0, 0, 25, 15]


def test_two_of_the_four_tied_classes_share_the_adelies(choices):
    tied = choices["tied"].fits[3].mixture
    counts = together(e_step(Y, tied).argmax(axis=1), 4)
    split = np.argsort(counts[0])[2:]
    assert counts[0][split].tolist() == [35, 114]
    assert counts[1:, split].sum() == 5
    assert tied.correlations[0, 0, 1] == pytest.approx(0.65, abs=0.005)


def test_k_means_sees_almost_the_length_alone(three):
    def k_means(y, means):
        return KMeans(3, init=means, n_init=1, tol=0).fit(y)

    means = three.mixture.means
    raw, scaled, length = k_means(Y, means), k_means(Y / SD, means / SD), k_means(Y[:, :1], means[:, :1])
    assert (misplaced(raw.labels_), misplaced(scaled.labels_)) == (84, 24)
    best = KMeans(3, n_init=20, random_state=0).fit(Y / SD)
    assert misplaced(best.labels_) == 25, "hardly better for k-means"
    assert (raw.labels_ == length.labels_).mean() > 0.9
    scaled = fit_plane(Y / SD, 3)  # full matrices need no scaling
    assert misplaced(e_step(Y / SD, scaled.mixture).argmax(axis=1)) == 12
    assert scaled.log_likelihood - 342 * np.log(SD).sum() == pytest.approx(three.log_likelihood, abs=1e-3)


def test_what_the_scrubber_answers():
    y, scrubber = load("old_faithful").y, plane_scrubber()
    ends = [half.mixture for half in scrubber.picture.halves[::2]]
    assert (len(y), np.corrcoef(y.T)[0, 1].round(2)) == (272, 0.9)
    tilts = np.array([end.correlations[:, 0, 1] for end in ends])
    assert (tilts[0] == 0).all()
    assert tilts[[1, 9]].round(2).tolist() == [[0.86, 0.6], [0.29, 0.38]]
    assert scrubber.frames[-1].sentence.startswith("M-step 9")
    sds = np.array([end.sds / ends[-1].sds for end in ends])
    assert (np.abs(sds[2:, 1] - 1) < 0.12).all(), "class 2 is nearly finished at M-step 2"
    assert sds[2, 0].min() > 1.6, "and class 1 is not"
    assert (np.abs(sds[6:, 0] - 1) < 0.07).all(), "but at M-step 6"
    upper = y[:, 0] > 3
    shares = [half.r[upper, 0].mean() for half in scrubber.picture.halves[1::2]]
    assert (np.diff(shares) < 1e-6).all(), "it lets go bit by bit"
    assert sum(len(frame.svg) + len(frame.sentence) for frame in scrubber.frames) < 500_000
    assert scrubber.picture.halves[-1].score == pytest.approx(fit_plane(y, 2).log_likelihood, abs=0.02)


def test_four_measures():
    found = by_components(BIRDS.measures, range(1, 6))
    assert (found.best, found.n_parameters[2]) == (3, 44)
    given = e_step(BIRDS.measures, found.fits[2].mixture).argmax(axis=1)
    assert misplaced(given) == 5
    assert adjusted_rand_score(Z, given) == pytest.approx(0.96, abs=0.005)
    two = e_step(Y, fit_plane(Y, 3).mixture).argmax(axis=1)
    assert adjusted_rand_score(Z, two) == pytest.approx(0.91, abs=0.005)
    assert n_parameters(6, 4) == 89
    assert [d * (d + 1) // 2 for d in (4, 50)] == [10, 1275]


def test_six_classes_started_from_the_truth_keep_it_and_others_end_higher():
    known = BIRDS.sex != "NA"
    groups, g = np.unique(np.char.add(BIRDS.species, BIRDS.sex)[known], return_inverse=True)
    x = BIRDS.measures[known]
    of_group = [x[g == k] for k in range(len(groups))]
    parts = [[f(part) for part in of_group] for f in (len, lambda p: p.mean(0), lambda p: np.cov(p.T))]
    start = PlaneMixture(np.array(parts[0]) / len(x), *parts[1:])
    kept = fit_plane(BIRDS.measures, 6, starts=start, accelerate=True)
    given = e_step(BIRDS.measures, kept.mixture).argmax(axis=1)
    assert adjusted_rand_score(g, given[known]) == pytest.approx(0.68, abs=0.005)
    assert fit_plane(BIRDS.measures, 6).log_likelihood > kept.log_likelihood + 5
