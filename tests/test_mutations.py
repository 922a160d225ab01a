"""The tests are tests: break one thing in a copy of the package, and they fail.

Each mutation changes one piece of text in a copy of gmm_lesson, and runs the test that must notice on it. That
must fail (pytest's exit code 1), not merely break (2 to 5); on the copy as it is all must pass (0).
"""

import shutil
from pathlib import Path

import pytest
from copies import run_tests

import gmm_lesson

PACKAGE = Path(gmm_lesson.__file__).parent
TESTS = Path(__file__).parent

# One line each: what is broken, in which file, from which text, to which, and the test that must notice.
# fmt: off
MUTATIONS = [
    ('sds without the root', 'mixture', 'return np.sqrt(self.variances)', 'return self.variances + 0', 'test_mixture.py::test_sds_are_the_square_roots_of_the_variances'),
    ('no 1/2 in the exponent', 'mixture', '-0.5 * (distance**2 + ', '-1.0 * (distance**2 + ', 'test_mixture.py::test_density_of_the_hand_example'),
    ('Q without responsibilities', 'em', '(r * log_joint).sum()', 'log_joint.sum()', 'test_em.py::test_the_bound_is_its_sum_and_of_hard_labels_q'),
    ('samples by variance', 'mixture', 'rng.normal(self.means[z], self.sds[z])', 'rng.normal(self.means[z], self.variances[z])', 'test_mixture.py::test_sampled_classes_follow_the_weights_and_values_the_gaussian_of_their_class'),
    ('sorts the means alone', 'mixture', 'self.weights[index], self.means[index], self.variances[index]', 'self.weights, self.means[index], self.variances', 'test_mixture.py::test_sorted_orders_by_mean_then_variance_and_keeps_components_whole'),
    ('can be changed', 'mixture', 'part.setflags(write=False)', 'pass', 'test_mixture.py::test_copies_are_equal_and_nothing_can_be_changed'),
    ('shares its input', 'mixture', 'tuple(part + 0.0 for part in parts)', 'tuple(parts)', 'test_mixture.py::test_does_not_share_memory_with_its_inputs_and_leaves_them_alone'),
    ('no shift in e_step', 'em', 'np.exp(log_joint - log_joint.max(axis=1, keepdims=True))', 'np.exp(log_joint)', 'test_referee.py::test_e_step'),
    ('no shift in log_likelihood', 'em', 'top = log_joint.max(axis=1)', 'top = np.zeros(len(log_joint))', 'test_referee.py::test_log_likelihood'),
    ('shift not given back', 'em', '(top + np.log(np.exp(', '(0 * top + np.log(np.exp(', 'test_em.py::test_the_hand_example'),
    ('N for N_k', 'em', 'share = r / n_k', 'share = r / len(y)', 'test_em.py::test_the_hand_example'),
    ('weights not divided by N', 'em', 'weights = n_k / len(y)', 'weights = np.full(len(n_k), 1 / len(n_k))', 'test_referee.py::test_m_step'),
    ('squares around the mean of all, not of the class', 'em', '(y[:, np.newaxis] - means) ** 2', '(y[:, np.newaxis] - y.mean()) ** 2', 'test_em.py::test_the_hand_example'),
    ('no floor in m_step', 'em', 'variances = np.maximum(variances, floor)', 'variances = np.maximum(variances, 1e-9)', 'test_em.py::test_m_step_raises_a_variance_to_the_floor_and_nothing_else'),
    ('no floor on the start', 'em', 'np.maximum(start.variances, floor)', 'start.variances', 'test_em.py::test_no_variance_goes_below_the_floor_from_the_start_on_and_the_path_still_climbs'),
    ('no floor passed on', 'em', 'e_step(y, now), floor=floor)', 'e_step(y, now), floor=1e-9)', 'test_em.py::test_no_variance_goes_below_the_floor_from_the_start_on_and_the_path_still_climbs'),
    ('dead class unguarded', 'em', 'r = r + TRACE', 'r = r + 0.0', 'test_referee.py::test_a_class_that_lost_its_objects_gets_the_referees_mean_and_variance_of_all'),
    ('tol of the sum', 'em', '(tol * n if tol > 0', '(tol if tol > 0', 'test_em.py::test_stops_at_the_first_step_that_gains_at_most_tol_an_object'),
    ('tol=0 stops', 'em', '(tol * n if tol > 0 else -1.0)', '(tol * n)', 'test_em.py::test_tol_0_takes_exactly_max_iter_steps_also_where_nothing_changes'),
    ('a step too many', 'em', 'while len(path) <= max_iter', 'while len(path) <= max_iter + 1', 'test_em.py::test_tol_0_takes_exactly_max_iter_steps_also_where_nothing_changes'),
    ("no 1/2 in the engine's square", 'engine/line', 'np.divide(-0.5, variances, out=eta[..., 2])', 'np.divide(-1.0, variances, out=eta[..., 2])', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('no normalising constant in the engine', 'engine/line', 'peak = np.log(weights) - 0.5 * np.log(variances)', 'peak = np.log(weights) + 0 * variances', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('no 1/2 for a narrow class', 'engine/line', 'out[:, 2] * -0.5', 'out[:, 2] * -1.0', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('no root for a narrow class', 'engine/family', 'return np.sqrt(variances)', 'return variances + 0', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('far start unguarded', 'engine/family', 'np.where(far, nearest, narrow.means)', 'narrow.means + 0', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ("a narrow class's origin not given back", 'engine/family', 'origin + unit * means', 'unit * means', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ("no N_k in the engine's variance", 'engine/line', 'total[..., 2] / n_k - means**2', 'total[..., 2] - means**2', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ('no floor in the engine', 'engine/family', 'np.maximum(variances, floor)', 'variances', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ('no mean of all for a class left empty', 'engine/family', 'where(empty, self.mean, means)', 'means', 'test_referee.py::test_a_class_that_lost_its_objects_gets_the_referees_mean_and_variance_of_all'),
    ('weights of a jump do not sum to one', 'engine/family', 'weights /= weights.sum(axis=1, keepdims=True)', 'pass', 'test_accelerate.py::test_it_stops_where_no_more_than_about_tol_is_left_to_gain'),
    ('the order of the restarts not undone', 'engine/sums', 'log_likelihood = turned[1][np.argsort(order)]', 'log_likelihood = turned[1]', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('no clip', 'engine/sums', 'if way != PLAIN:', 'if way > SHIFTED:', 'test_engine.py::test_no_exponent_is_so_small_that_exp_becomes_slow'),
    ('shift of counted objects given back once', 'engine/sums', 'else top * counts)', 'else top)', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('only the first block', 'engine/sums', 'for at in range(0, len(y), n):', 'for at in range(0, 1, n):', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('eight too small for a product', 'engine/sums', 'if products.min() > 1e-290:', 'if True:', 'test_engine.py::test_every_way_gives_the_textbooks_sums_and_without_a_score_no_logarithm'),
    ('converged ones stay', 'engine/loop', 'on = ~done', 'on = done == done', 'test_engine.py::test_every_run_stops_where_the_textbook_stops_and_leaves_the_batch'),
    ('jump kept though it fell', 'engine/accelerate', 'np.asarray(~self.jumped | (gain > rounding) | still)', 'np.asarray(self.jumped == self.jumped)', 'test_accelerate.py::test_a_linear_map_of_three_numbers_is_solved_in_a_few_jumps_and_an_undone_one_leads_back'),
    ('a jump ends a run', 'engine/accelerate', 'enough & ~self.jumped', 'enough', 'test_accelerate.py::test_polishing_ends_after_so_many_steps_or_where_they_are_tiny_and_begins_with_a_step_of_em'),
    ('not polished', 'engine/accelerate', 'POLISH, POLISHED = 5,', 'POLISH, POLISHED = 0,', 'test_compress.py::test_it_is_the_fit_of_the_objects_from_where_a_step_of_em_leads_nowhere'),
    ('no floor under a jump', 'engine/loop', 'family.constrained(guide.propose(settled), none[going], floor)', 'guide.propose(settled)', 'test_accelerate.py::test_hard_inputs_give_no_nan_and_the_log_likelihood_never_falls[a class of two neighbours]'),
    ('history not forgotten', 'engine/accelerate', 'self.dx[:, forget], self.dstep[:, forget] = 0, 0', 'pass', 'test_accelerate.py::test_a_linear_map_of_three_numbers_is_solved_in_a_few_jumps_and_an_undone_one_leads_back'),
    ("an undone jump's place kept", 'engine/accelerate', 'np.where(kept[:, np.newaxis], self.x_here, old_x)', 'self.x_here', 'test_accelerate.py::test_a_linear_map_of_three_numbers_is_solved_in_a_few_jumps_and_an_undone_one_leads_back'),
    ("Anderson's turn again after it fell", 'engine/accelerate', '(grows | self.anderson_fell)', 'grows', 'test_accelerate.py::test_after_an_undone_jump_comes_squarems'),
    ('back to the saddle', 'engine/accelerate', 'squarem = may & plain & (grows | self.anderson_fell)', 'squarem = may & False', 'test_accelerate.py::test_after_an_undone_jump_comes_squarems'),
    ('wrong sign of Anderson', 'engine/accelerate', 'free[anderson] -=', 'free[anderson] +=', 'test_accelerate.py::test_a_linear_map_of_three_numbers_is_solved_in_a_few_jumps_and_an_undone_one_leads_back'),
    ('jumps again where a jump gained nearly nothing', 'engine/accelerate', '(plain | ~settled | (self.polish > 0))', '(plain | True)', 'test_accelerate.py::test_each_restart_jumps_on_its_own'),
    ('history of those that left', 'engine/accelerate', 'setattr(self, name, getattr(self, name)[which])', 'setattr(self, name, getattr(self, name)[: which.sum()])', 'test_accelerate.py::test_each_restart_jumps_on_its_own'),
    ("bins' variance left out", 'engine/compress', 'np.array([mean - sd, mean + sd])', 'np.array([mean, mean])', 'test_compress.py::test_every_bin_keeps_its_count_mean_and_variance'),
    ('bins not checked', 'engine/compress', 'if differ <= AGREE:', 'if True:', 'test_compress.py::test_it_is_the_fit_of_the_objects_from_where_a_step_of_em_leads_nowhere'),
    ('bins checked loosely', 'engine/compress', 'AGREE = 1e-9', 'AGREE = 1e-3', 'test_compress.py::test_it_is_the_fit_of_the_objects_from_where_a_step_of_em_leads_nowhere'),
    ('too narrow, and nothing said', 'engine/compress', '    if tried:', '    if False:', 'test_compress.py::test_a_class_too_narrow_for_all_bins_is_fitted_exactly_and_a_warning_says_so'),
    ("the histogram's log-likelihood", 'engine/compress', 'ends.log_likelihood[best] = value', 'pass', 'test_compress.py::test_the_restart_that_was_checked_is_the_best_also_among_equals'),
    ('objects that count nothing kept', 'engine/objects', 'if counts is None or counts.all():', 'if True:', 'test_forms.py::test_a_fit_is_the_same_however_its_objects_come[far ones that count nothing-line-plain]'),
    ('other blocks unnoticed', 'engine/objects', 'if seen != self.size:', 'if False:', 'test_forms.py::test_blocks_that_change_between_passes_are_refused'),
    ('the unit given back once', 'engine/objects', 'self.n * self.family.log_unit', 'self.family.log_unit', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ('the range of the first block', 'engine/objects', 'np.maximum(self.high, other.high)', 'self.high', 'test_engine.py::test_parts_have_the_coordinates_of_all_and_starts_are_drawn_from_a_sample_of_all'),
    ('starts drawn evenly', 'engine/objects', 'np.searchsorted(np.cumsum(counts), places, side="right")', '(places * len(y) / counts.sum()).astype(np.intp)', 'test_engine.py::test_parts_have_the_coordinates_of_all_and_starts_are_drawn_from_a_sample_of_all'),
    ('starts from the first block', 'engine/objects', 'np.searchsorted(places, lefts[1:])', '[len(places)] * len(lefts[1:])', 'test_engine.py::test_parts_have_the_coordinates_of_all_and_starts_are_drawn_from_a_sample_of_all'),
    ('a bar at once', 'engine/progress', 'PATIENCE = 1.0', 'PATIENCE = 0.0', 'test_progress.py::test_it_waits_a_second_and_then_shows_where_the_work_is'),
    ('a bar for nobody', 'engine/progress', 'sys.stderr and sys.stderr.isatty()', 'True', 'test_progress.py::test_somebody_is_looking_in_a_terminal_and_in_a_notebook_that_is_open'),
    ('a bar in a stored page', 'engine/progress', 'if running()[0] and not storing()', 'if running()[0]', 'test_progress.py::test_somebody_is_looking_in_a_terminal_and_in_a_notebook_that_is_open'),
    ('worst restart kept', 'engine/fit', 'runs.log_likelihood.argmax()', 'runs.log_likelihood.argmin()', 'test_restarts.py::test_keeps_the_restart_with_the_highest_log_likelihood_and_reports_it_in_plain_types'),
    ('k-means++ by distance', 'engine/starts', '((t - t[chosen[-1]]) ** 2).sum(axis=1)', '((t - t[chosen[-1]]) ** 2).sum(axis=1) ** 0.5', 'test_restarts.py::test_two_means_are_drawn_evenly_or_the_second_by_its_squared_distance'),
    ('k-means++ at random', 'engine/starts', 'p=nearest / nearest.sum() if nearest.any() else None', 'p=None', 'test_restarts.py::test_two_means_are_drawn_evenly_or_the_second_by_its_squared_distance'),
    ('a global seed', 'engine/fit', 'restarts, rng = whole_number(restarts, "restarts", 1), generator(rng)', 'restarts, rng = whole_number(restarts, "restarts", 1), np.random.default_rng()', 'test_restarts.py::test_the_same_seed_gives_the_same_fit'),
    ("shift not given back the textbook's way", 'engine/line', 'log_p = top + np.log', 'log_p = np.log', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ("counts ignored the textbook's way", 'engine/line', '(1.0 if counts is None else counts) / joint', '1.0 / joint', 'test_forms.py::test_a_fit_is_the_same_however_its_objects_come[counts-line, directly-plain]'),
    ("far outside the textbook's way", 'engine/line', 'if not (means.min() >= self.low - span and means.max() <= self.high + span):', 'if False:', 'test_engine.py::test_every_run_of_a_batch_is_the_textbooks'),
    ('no curvature of the sd', 'study/information', '3 * u**2 - 1', 'u**2 + 1', 'test_information.py::test_score_and_information_are_the_derivatives_of_the_log_likelihood_and_of_q'),
    ('weights do not sum to one', 'study/information', '.Q[:, 1:]', '.Q[:, :-1]', 'test_information.py::test_standard_errors_are_the_roots_of_the_inverse_hessians_diagonal'),
    ('errors of a saddle', 'study/information', 'if shares[-1] > 1 - FLAT:', 'if False:', 'test_information.py::test_the_slowest_direction_costs_half_of_what_is_not_missing_and_rises_from_a_doubled_class'),
    ('the gap falls as the error', 'study/information', '(2 * math.log(rho))', 'math.log(rho)', 'test_information.py::test_steps_by_hand'),
    ('both tails on each side', 'study/information', '(1 + share(level, "level")) / 2', 'share(level, "level")', 'test_information.py::test_intervals_are_so_many_standard_errors_on_both_sides_of_log_odds_means_and_log_sds'),
    ('gap without a half', 'study/information', '0.5 * (slope**2', '(slope**2', 'test_information.py::test_the_stationary_gap_is_what_em_has_left_to_gain'),
    ('refits not matched', 'study/bootstrap', 'np.take_along_axis(part, order, axis=1)', 'part + 0', 'test_bootstrap.py::test_classes_that_changed_places_are_matched_back'),
    ('degenerate refits kept', 'study/bootstrap', '[:, ~self.degenerate]', '', 'test_bootstrap.py::test_refits_that_lost_a_class_are_counted_and_left_out'),
    ("other restarts' objects", 'study/bootstrap', 'Rows(self.y[which],', 'Rows(self.y[: which.sum()],', 'test_bootstrap.py::test_each_refit_is_em_on_objects_drawn_with_replacement'),
    ('one tail', 'study/bootstrap', '[(1 - level) / 2, (1 + level) / 2]', '[1 - level, level]', 'test_bootstrap.py::test_standard_errors_and_intervals_are_those_of_the_refits'),
    ('small is enough', 'study/triage', 'NARROW * others', 'others', 'test_triage.py::test_a_class_is_spurious_if_it_is_both_small_and_narrow'),
    ('level ground not tried', 'study/triage', 'if rho > 1 - FLAT:', 'if rho > 1 + FLAT:', 'test_triage.py::test_equal_classes_are_a_saddle_even_where_no_derivative_shows_it_and_one_side_alone_climbs'),
    ('the end of EM not asked', 'study/triage', 'stationary_gap(y, mixture) > SAME_OPTIMUM', 'False', 'test_triage.py::test_what_is_unconverged_gains_and_what_is_not_stays'),
    ('half of every product', 'engine/plane_family', 'np.where(i == j, -0.5, -1.0)', '-0.5', 'test_sklearn.py::test_the_plane_ends_where_scikit_learn_ends'),
    ('floor on no axis but its own', 'engine/plane_family', 'np.maximum(sizes, least[..., np.newaxis])', 'sizes', 'test_plane.py::test_the_floor_bounds_the_variance_along_every_direction_and_q_is_highest_there'),
    ("a narrow class's shape not given back", 'engine/plane_family', 'spread = unit @ spread @ np.swapaxes(unit, -1, -2)', 'pass', 'test_plane.py::test_narrow_and_far_classes_are_computed_with_care'),
    ('a tilt forgotten in a jump', 'engine/plane_family', 'factor[..., i, j] = below', 'factor[..., i, j] = 0 * below', 'test_plane.py::test_the_coordinates_of_a_jump_lead_back'),
    ('plane samples untilted', 'engine/plane_family', '(factor[z] @ normal)[..., 0]', 'normal[..., 0]', 'test_plane.py::test_samples_have_the_classes_means_and_covariances'),
    ('distances not whitened', 'engine/plane_family', 'z = np.linalg.solve(factor, away)', 'z = (away)', 'test_plane.py::test_densities_are_scipys_and_responsibilities_bayes_rule_far_away_too'),
    ('galaxy 78 as in R', 'data/__init__', '    together = {', '    table = {c: np.where(v == 26960, 26690, v) for c, v in table.items()}\n    together = {', 'test_data.py::test_galaxy_78_is_as_first_published'),
]
# fmt: on
BASELINES: dict[str, set[str]] = {}
for *_, test in MUTATIONS:
    BASELINES.setdefault(test.split("::")[0], set()).add(test)

CONFTEST = """
from pathlib import Path
import gmm_lesson

HERE = Path(__file__).resolve().parent
# An error here ends pytest with a code above 1: tests of the wrong copy cannot pass for failing ones.
assert Path(gmm_lesson.__file__).resolve().parent.parent == HERE, gmm_lesson.__file__
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A folder with the package, and with the tests that must notice."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, folder / "gmm_lesson", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("problems.py", "oracles.py", "referee.py", *BASELINES):
        shutil.copy(TESTS / name, folder)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return folder


def run_on(folder, *tests):
    # What takes seconds is left out, as the seeds of 2021: the rest must notice.
    return run_tests(folder, "-k", "not 2021 and not real and not optim", *tests)


@pytest.mark.parametrize("file", BASELINES)
def test_the_copy_as_it_is_passes(file, copy):
    code, output = run_on(copy, *sorted(BASELINES[file]))
    assert code == 0, output
    assert " passed" in output


@pytest.mark.parametrize(
    ("module", "old", "new", "test"),
    [mutation[1:] for mutation in MUTATIONS],
    ids=[mutation[0] for mutation in MUTATIONS],
)
def test_the_broken_copy_fails(module, old, new, test, copy):
    path = copy / "gmm_lesson" / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (
        f"{module}.py has {text.count(old)} of {old!r}: bring the mutation up to date"
    )
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        code, output = run_on(copy, test)
    finally:
        path.write_text(text, encoding="utf-8")
    assert code == 1, output
    assert "1 failed" in output, output  # a failing test, not an error in setting one up


def test_a_copy_that_is_not_the_one_imported_is_noticed(tmp_path):
    # Without the copy's own package the installed one is imported: that must not look like failing tests.
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for name in ("problems.py", "test_mixture.py"):
        shutil.copy(TESTS / name, tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    code, output = run_tests(tmp_path, "test_mixture.py")
    assert code > 1, output
