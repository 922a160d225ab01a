"""Mixture: what it holds, what follows from it, and that nothing can change it."""

import copy
import pickle

import numpy as np
import pytest
from problems import HAND, HAND_Y, parts
from scipy import stats

from gmm_lesson import Mixture, PlaneMixture

THREE = Mixture([0.2, 0.3, 0.5], [4, -1, 2], [9, 0.25, 4])
PLANE = PlaneMixture([0.4, 0.6], [[0, 1], [2, 3]], [[[2.0, 1.2], [1.2, 1.0]], np.eye(2)])

COPIES = {
    **{made.__name__: made for made in (copy.copy, copy.deepcopy)},
    **{
        f"pickle {protocol}": lambda mixture, protocol=protocol: pickle.loads(pickle.dumps(mixture, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


def test_sds_are_the_square_roots_of_the_variances():
    np.testing.assert_array_equal(THREE.sds, [3, 0.5, 2])


@pytest.mark.parametrize("scale", [1e-150, 1e-75, 1, 1e75, 1e150])
def test_density_of_the_hand_example(scale):
    # (1/2) phi(-1) + (1/2) phi(1) = phi(1) at the middle object.
    mixture = Mixture([0.5, 0.5], [scale, 3 * scale], [scale**2, scale**2])
    phi = np.exp(-np.array([0, 1, 4]) / 2) / np.sqrt(2 * np.pi)
    expected = [(phi[0] + phi[2]) / 2, phi[1], (phi[0] + phi[2]) / 2]
    np.testing.assert_allclose(mixture.density(HAND_Y * scale) * scale, expected, rtol=1e-12)


def test_log_joint_is_log_weight_plus_log_density_a_row_an_object_also_far_away():
    y = np.append(np.linspace(-20, 30, 101), 1e4)
    log_joint = THREE.log_joint(y)
    assert log_joint.shape == (102, 3)
    assert THREE.density(y)[-1] == 0
    expected = np.log(THREE.weights) + stats.norm.logpdf(y[:, np.newaxis], THREE.means, THREE.sds)
    np.testing.assert_allclose(log_joint, expected, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(THREE.density(y), np.exp(expected).sum(axis=1), rtol=1e-12)
    assert np.isfinite(Mixture([1], [-1e153], [5e-324]).log_joint([1e153])).all()


def test_does_not_share_memory_with_its_inputs_and_leaves_them_alone():
    given = [np.array([0.25, 0.75]), np.array([0.0, 5.0]), np.array([1.0, 4.0])]
    before = [array.copy() for array in given]
    mixture = Mixture(*given)
    for array, original, part in zip(given, before, parts(mixture), strict=True):
        np.testing.assert_array_equal(array, original)
        assert array.flags.writeable
        assert not np.shares_memory(array, part)
        array[:] = 99
        np.testing.assert_array_equal(part, original)


FORMS = {
    **{form.__name__: form for form in (tuple, np.array, np.int8, np.float32)},
    "big-endian": lambda values: np.array(values, dtype=">f8"),
    "not contiguous": lambda values: np.repeat(values, 2)[::2],
    "reversed view": lambda values: np.array(values[::-1])[::-1],
    "read-only": lambda values: np.broadcast_to(values, len(values)),
    "objects": lambda values: np.array(values, dtype=object),
    "masked, nothing hidden": np.ma.array,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_takes_numbers_in_any_form(form):
    made = Mixture([0.5, 0.5], form([1, 3]), form([1, 1]))
    assert made == HAND
    np.testing.assert_array_equal(made.density(form([1, 2, 3])), HAND.density(HAND_Y))
    assert Mixture(form([1]), [0], [1]) == Mixture([1.0], [0], [1])
    assert HAND.reordered(form([1, 0])) == Mixture([0.5, 0.5], [3, 1], [1, 1])


def test_equal_means_every_number_is_and_minus_zero_is_zero():
    weights, means, variances = THREE.parts
    others = [
        Mixture([0.2, 0.5, 0.3], means, variances),
        Mixture(weights, [4, -1, 2.5], variances),
        Mixture(weights, means, [9, 0.25, 4.5]),
        Mixture([0.5, 0.5], [4, -1], [9, 0.25]),
    ]
    for other in [*others, None, 3, "Mixture", (weights.tolist(), means.tolist(), variances.tolist())]:
        assert other != THREE
        assert THREE != other  # noqa: SIM300 - the other operand asks its own __eq__
    same = [Mixture([0.2, 0.3, 0.5], [4, -1, 2], [9, 0.25, 4]), THREE, *others]
    assert len(set(same)) == 5
    assert Mixture([1], [0.0], [1]) == Mixture([1], [-0.0], [1])
    assert hash(Mixture([1], [0.0], [1])) == hash(Mixture([1], [-0.0], [1]))


@pytest.mark.parametrize("mixture", [THREE, PLANE], ids=["line", "plane"])
@pytest.mark.parametrize("made", COPIES.values(), ids=COPIES)
def test_copies_are_equal_and_nothing_can_be_changed(made, mixture):
    other = made(mixture)
    assert type(other) is type(mixture)
    assert other == mixture
    assert hash(other) == hash(mixture)
    assert (
        type(mixture)(*mixture.parts) == mixture != type(mixture)(mixture.weights[::-1], *mixture.parts[1:])
    )
    for part in [*other.parts, *mixture.parts]:
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0.5
    for name in ("weights", "means", "sds", "n_components", "other"):
        with pytest.raises(AttributeError):
            setattr(other, name, np.ones(3) / 3)
    with pytest.raises(AttributeError):
        del other.weights


def test_repr_is_python_that_makes_it_again():
    assert eval(repr(THREE), {"Mixture": Mixture}) == THREE


def test_sorted_orders_by_mean_then_variance_and_keeps_components_whole():
    assert THREE.sorted() == Mixture([0.3, 0.5, 0.2], [-1, 2, 4], [0.25, 4, 9])
    tie = Mixture([0.1, 0.2, 0.7], [5, 5, 1], [3, 2, 4])
    assert tie.sorted() == Mixture([0.7, 0.2, 0.1], [1, 5, 5], [4, 2, 3])


def test_reordered_puts_component_order_k_in_place_k():
    # This order is not its own inverse: the inverse would give another answer.
    assert THREE.reordered([1, 2, 0]) == Mixture([0.3, 0.5, 0.2], [-1, 2, 4], [0.25, 4, 9])
    assert THREE.reordered([1, 2, 0]).reordered([2, 0, 1]) == THREE


def test_sample_is_the_same_from_the_same_seed_and_moves_a_generator_on():
    rng = np.random.default_rng(5)
    first, second = THREE.sample(10, rng), THREE.sample(10, rng)
    again = THREE.sample(10, 5)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], second[0])
    assert not np.array_equal(again[0], THREE.sample(10, 6)[0])


# Random draws with fixed seeds. Each bound has a false-alarm rate below 1e-6: it holds for nearly every
# seed, so a change of numpy's generators will not break it.
FALSE_ALARM = 1e-7


def test_sampled_classes_follow_the_weights_and_values_the_gaussian_of_their_class():
    y, z = THREE.sample(20_000, 12)
    counts = np.bincount(z, minlength=3)
    assert stats.chisquare(counts, 20_000 * THREE.weights).pvalue > FALSE_ALARM
    for k, n in enumerate(counts):
        own, law = y[z == k], stats.norm(THREE.means[k], THREE.sds[k])
        assert stats.kstest(own, law.cdf).pvalue > FALSE_ALARM
        # n s^2 / v is chi-squared, n - 1 degrees: more sensitive to a wrong sd than the test above.
        tail = stats.chi2(n - 1).cdf(n * own.var() / THREE.variances[k])
        assert FALSE_ALARM < tail < 1 - FALSE_ALARM
