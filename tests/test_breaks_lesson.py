"""What lesson 08 says in words, computed."""

import numpy as np
import pytest
from problems import overlapping
from scipy.optimize import brentq

from gmm_lesson import Mixture, e_step, em, fit, load, log_likelihood, m_step
from gmm_lesson.em import default_floor
from gmm_lesson.explorers import spike_explorer
from gmm_lesson.squarem import squarem
from gmm_lesson.study.information import missing_fraction

LECTURE, GALAXIES = load("lecture_2021").y, load("galaxies").y
WAYS = ["k-means++", "uniform", "objects", "classes"]
THREE, HONEST = fit(LECTURE, 3).mixture, fit(LECTURE, 4)
LONELY = Mixture([0.25] * 4, [10, 35, 60, 1000], [25, 25, 25, 1])


def with_spike(at, sd):
    weights = np.append(THREE.weights * 199 / 200, 1 / 200)
    return Mixture(weights, np.append(THREE.means, at), np.append(THREE.variances, sd**2))


def narrowest(y, mixture):
    """Return the sd of the narrowest class, and its objects."""
    k = mixture.sds.argmin()
    return mixture.sds[k], len(y) * mixture.weights[k]


def test_the_spike_wins_below_a_billionth_and_the_others_pay_one_once():
    order = np.sort(LECTURE)

    def lead(log_sd):
        return log_likelihood(LECTURE, with_spike(order[0], 10**log_sd)) - HONEST.log_likelihood

    assert 10 ** brentq(lead, -12, -8) == pytest.approx(1.9e-10, abs=0.05e-10)
    assert lead(-9) < 0
    assert np.diff([lead(-e) for e in range(4, 17)]) == pytest.approx(np.log(10), abs=1e-3)
    for sd in (1e-3, 1e-9):
        lost = log_likelihood(order[1:], with_spike(order[0], sd)) - log_likelihood(order[1:], THREE)
        assert lost == pytest.approx(199 * np.log(199 / 200), abs=1e-9)
        assert lost == pytest.approx(-1, abs=0.005)
    scores = [log_likelihood(LECTURE, with_spike(at, 1e-9)) for at in order]
    assert int(np.argmax(scores)) + 1 == int(np.argmin(THREE.density(order))) + 1 == 153
    assert order[152] == pytest.approx(45.57, abs=0.005)


def test_what_the_explorer_answers():
    explorer = spike_explorer()
    sd, which = explorer.sliders["log10 of the sd"], explorer.sliders["object, in order"]
    for number, low, high in [(1, -9.75, -9.5), (153, -9.5, -9.25), (101, -11, -10.75)]:
        which.value = number
        for sd.value, side in [(high, "below"), (low, "above")]:
            assert f"{side} the best honest fit" in explorer.sentence


def test_galaxies_in_four_classes():
    assert np.sqrt(default_floor(GALAXIES)) == pytest.approx(4.5, abs=0.05)
    crowded = fit(GALAXIES, 4, starts=WAYS, restarts=300, accelerate=True)
    sd, objects = narrowest(GALAXIES, crowded.mixture)
    assert sd > 3 * np.sqrt(default_floor(GALAXIES))
    assert objects == pytest.approx(2, abs=0.1)
    # A real maximum: EM comes back to it.
    nudged = Mixture(crowded.mixture.weights, crowded.mixture.means + 5, crowded.mixture.variances)
    assert em(GALAXIES, nudged).log_likelihoods[-1] == pytest.approx(crowded.log_likelihood, abs=1e-6)
    honest = fit(GALAXIES, 4, starts="k-means++", floor=100.0**2)
    assert honest.log_likelihood < crowded.log_likelihood - 0.5
    floored = fit(GALAXIES, 4, starts=WAYS, restarts=300, floor=100.0**2, accelerate=True)
    assert floored.log_likelihood == pytest.approx(honest.log_likelihood, abs=1e-6)
    assert narrowest(GALAXIES, floored.mixture)[1] == pytest.approx(7, abs=0.1)
    lowered = em(GALAXIES, crowded.mixture, floor=100.0**2)
    assert lowered.log_likelihoods[-1] == pytest.approx(-765.76, abs=0.005)
    assert lowered.log_likelihoods[-1] < honest.log_likelihood - 1
    pull = GALAXIES.var() / 4**2
    for mixture, smallest, score in [(crowded.mixture, 440, -768.89), (honest.mixture, 460, -764.62)]:
        for _ in range(2000):
            new = m_step(GALAXIES, e_step(GALAXIES, mixture), floor=1.0)
            n_k = 82 * new.weights
            mixture = Mixture(new.weights, new.means, (pull + n_k * new.variances) / (5 + n_k))
        assert round(mixture.sds.min()) == smallest
        assert log_likelihood(GALAXIES, mixture) == pytest.approx(score, abs=0.005)


def test_a_lost_class_stays_away_within_the_tolerance_and_comes_back_on_one_object():
    stopped = em(LECTURE, LONELY)
    assert stopped.n_iter == 15
    assert stopped.log_likelihoods[-1] == pytest.approx(fit(LECTURE, 3).log_likelihood, abs=1e-6)
    back = em(LECTURE, LONELY, max_iter=400, tol=0).mixture
    sd, objects = narrowest(LECTURE, back)
    assert sd**2 == pytest.approx(default_floor(LECTURE))
    assert objects == pytest.approx(1, abs=0.1)


def test_ten_times_closer_costs_a_constant_number_of_steps_more():
    parted = []
    for nudge in (1e-1, 1e-2, 1e-3, 1e-4):
        means = LECTURE.mean() + nudge * np.array([-1.5, -0.5, 0.5, 1.5])
        start = Mixture([0.25] * 4, means, [LECTURE.var()] * 4)
        scores = em(LECTURE, start, max_iter=1600, tol=0).log_likelihoods
        assert scores[-1] == pytest.approx(HONEST.log_likelihood, abs=0.01)
        parted.append(int((scores > scores[0] + 0.1).argmax()))
        assert em(LECTURE, start, tol=1e-6).n_iter <= 2
    assert parted[0] == pytest.approx(330, abs=5)
    assert np.diff(parted) == pytest.approx(340, abs=6)


def test_bills_were_read_to_a_tenth_of_a_millimetre():
    bills = 10 * load("penguins").y
    np.testing.assert_allclose(bills, bills.round(), atol=1e-9)
    assert np.gcd.reduce(bills.round().astype(int)) == 1


def test_rho_is_the_rate_at_which_the_error_shrinks_and_squarem_takes_a_seventeenth_of_the_steps():
    y, start, run = overlapping()
    rho, end = missing_fraction(y, run.mixture), run.mixture.means
    late = [np.linalg.norm(run.path[n].means - end) for n in (2000, 2001)]
    assert late[1] / late[0] == pytest.approx(rho, abs=2e-4)
    gap = run.log_likelihoods[-1] - run.log_likelihoods
    assert gap[2001] / gap[2000] == pytest.approx(rho**2, abs=4e-4)
    quick = run.log_likelihoods[-1] - squarem(y, start, tol=1e-14).log_likelihoods
    assert (gap > 1e-6).sum() / (quick > 1e-6).sum() == pytest.approx(17, abs=1.5)
