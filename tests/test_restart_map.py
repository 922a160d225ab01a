"""The restart map, its explorer, and what several restarts buy: artists, sentences, controls."""

import re

import numpy as np
import pytest
from drawings import rate_of
from matplotlib.colors import to_hex
from places import close, said_in, same

from gmm_lesson import em, load
from gmm_lesson.engine.family import Parameters
from gmm_lesson.explorers import lessons, restarts_explorer
from gmm_lesson.figures import RestartMapPicture, strategies, success
from gmm_lesson.figures.restarts import NAMED
from gmm_lesson.restarts import success as chance_of
from gmm_lesson.study import basins, original

Y = load("lecture_2021").y
STARTS = original.draw_starts(Y, 200, 1)


@pytest.fixture(scope="module")
def found():
    return basins.basins(Y, STARTS)


def key_of(picture):
    """Return the slots of the optima in the key, by their log-likelihoods; the best first."""
    rows = [(-row.text.get_position()[1], row.text.get_text(), slot) for slot, row in enumerate(picture.rows)]
    return {text.split(":")[0]: slot for _, text, slot in sorted(rows) if text}


def assert_shows(picture, starts, found):
    """Each start is a dot of its optimum, each named optimum has a place and a line in the key."""
    means, key = np.sort(starts.means, axis=1)[:, picture.pair], key_of(picture)
    levels = [float(level) for level, slot in key.items() if slot < NAMED]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == pytest.approx(found.log_likelihood[0], abs=0.006)
    assert sum(len(row.dots.get_xydata()) for row in picture.rows) == len(means)
    for slot, row in enumerate(picture.rows):
        dots = row.dots.get_xydata()
        assert (len(dots) > 0) == (slot in key.values())
        if slot in key.values():
            assert row.text.get_text().endswith(f": {len(dots) / len(means):.1%}")
    for level, slot in zip(levels, key.values(), strict=False):
        m = int(np.abs(found.log_likelihood - level).argmin())
        same(picture.rows[slot].dots.get_xydata(), means[found.which == m])
        same(picture.rows[slot].place.get_xydata(), found.places.means[[m]][:, picture.pair])


def test_every_start_has_the_mark_of_its_optimum(found):
    picture = RestartMapPicture(Y, STARTS, found)
    assert len(found.counts) > NAMED, "else nothing is grey"
    assert_shows(picture, STARTS, found)
    colours = {to_hex(row.dots.get_color()) for row in picture.rows}
    markers = {row.dots.get_marker() for row in picture.rows}
    assert len(colours) == len(markers) == NAMED + 1


def test_the_named_are_the_best_and_the_most_frequent():
    which = np.repeat(np.arange(7), [1, 2, 30, 20, 10, 5, 4])
    starts = STARTS.take(np.arange(len(which)))
    places = STARTS.take(np.arange(7))
    made = basins.Basins(-np.arange(7.0), np.bincount(which), which, places)
    key = list(key_of(RestartMapPicture(Y, starts, made)))
    assert key == ["0.00", "-2.00", "-3.00", "-4.00", "-5.00", "2 others"]


def test_the_way_of_the_selected_start_is_em(found):
    picture = RestartMapPicture(Y, STARTS, found)
    order = np.argsort(found.which, kind="stable")
    for selected in (1, 150, 200):
        picture.select(selected)
        run = em(Y, STARTS.mixture(order[selected - 1]))
        path = np.array([np.sort(mixture.means)[picture.pair] for mixture in run.path])
        close(picture.way.get_xydata(), path, rtol=1e-7)
        close(picture.here.get_xydata(), path[:1])
        level = found.log_likelihood[found.which[order[selected - 1]]]
        ends = [np.sort(mixture.means) for mixture in (run.path[0], run.mixture)]
        begin, end = (", ".join(f"{mean:.1f}" for mean in means) for means in ends)
        said = f"Start {selected}, means {begin}, takes {run.n_iter} steps to {level:.2f}, means {end}."
        assert picture.sentence.endswith(said)


def test_the_sentence_says_rate_interval_price_and_which_optima_lie_at_one_place(found):
    picture = RestartMapPicture(Y, STARTS, found)
    hits = rate_of(found.counts[0], 200)
    assert f"{len(found.counts)} optima" in picture.sentence
    assert f"Hit rate {hits.rate:.3f} ({hits.low:.3f} to {hits.high:.3f})" in picture.sentence
    (buys,) = re.findall(r"99% takes (\d+) restarts", picture.sentence)
    assert 1 - (1 - hits.rate) ** int(buys) >= 0.99 > 1 - (1 - hits.rate) ** (int(buys) - 1)
    assert "(-711.53 and -714.57 differ in mean 1 alone.) Hit rate" in picture.sentence
    assert picture.sentence.count("differ in") == 1


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ([[0, 20, 40, 60], [9, 20, 40, 60], [0, 20, 40, 50]], "means 1, 4"),
        ([[0, 20, 40, 60], [0, 20, 40, 60], [0, 20, 40, 60]], "weights and variances"),
        ([[0, 20, 40, 60], [0, 20.1, 40.1, 50], [0, 20, 40, 60]], "mean 4"),
        ([[0, 20, 40, 60], [9, 20.6, 40, 60], [9, 19.4, 40, 60]], "mean 1"),  # 1.2 apart, each at the first
        ([[0, 20, 40, 60], [9, 24, 40, 60], [9, 20, 44, 60]], ""),
    ],
)
def test_what_optima_at_one_place_differ_in(means, said):
    which = np.repeat(np.arange(3), 4)
    places = Parameters(np.full((3, 4), 0.25), np.array(means, float), np.full((3, 4), 9.0))
    made = basins.Basins(-np.arange(3.0), np.bincount(which), which, places)
    sentence = RestartMapPicture(Y, STARTS.take(np.arange(12)), made).sentence
    wanted = f"0.00, -1.00 and -2.00 differ in {said} alone.)"
    assert sentence.count("differ in") == sentence.count(wanted) == (said != "")


def test_an_optimum_keeps_its_colour_when_others_come(found):
    picture = RestartMapPicture(Y, STARTS, found)
    slots = key_of(picture)
    wide = STARTS._replace(variances=np.full(STARTS.variances.shape, 100.0))
    picture.update(wide, basins.basins(Y, wide))
    assert_shows(picture, wide, picture.found)
    shared = {level: slot for level, slot in key_of(picture).items() if level in slots and slot < NAMED}
    assert len(shared) >= 3
    assert shared.items() <= slots.items()
    picture.update(STARTS, found)
    assert key_of(picture) == slots


@pytest.mark.parametrize("k", [2, 3, 6])
def test_other_numbers_of_classes(k):
    rng = np.random.default_rng(k)
    starts = Parameters(np.full((30, k), 1 / k), rng.uniform(5, 65, (30, k)), np.full((30, k), 50.0))
    picture = RestartMapPicture(Y, starts, basins.basins(Y, starts))
    assert_shows(picture, starts, picture.found)
    assert picture.pair.tolist() == {2: [0, 1], 3: [1, 2], 6: [2, 3]}[k]


def test_a_click_on_a_dot_chooses_its_start():
    explorer = restarts_explorer()
    layers, _ = explorer.box.children
    clicks, picture = layers.children[-1], explorer.picture
    for start in (1, 600, 1000):
        means = np.sort(picture.starts.means[picture.order[start - 1]])[picture.pair]
        across, up = picture.figure.transFigure.inverted().transform(picture.axes.transData.transform(means))
        clicks.at = [across + 1e-4, 1 - up]
        assert explorer.sliders["start"].value == start
        assert f"Start {start}, means" in explorer.sentence


def test_the_explorer_draws_anew_only_when_it_must(monkeypatch):
    explorer, asked, shown = restarts_explorer(), [], []
    show = explorer.picture._show
    monkeypatch.setattr(explorer.picture, "_show", lambda *args: shown.append(args) or show(*args))
    monkeypatch.setattr(lessons, "basins", lambda *args: asked.append(args) or basins.basins(*args))
    before = explorer.sentence
    explorer.sliders["start"].value = 600
    assert explorer.sentence.split("Start")[0] == before.split("Start")[0]
    assert asked == shown == []
    explorer.sliders["draw"].value = 2
    assert len(asked) == 1
    explorer.reset()
    assert explorer.sentence == before
    assert len(asked) == 1, "it remembers the maps that it has drawn"


def test_success_draws_the_formula_and_its_interval():
    rate = rate_of(222, 1000)
    picture = success(rate, ([1, 5, 10], [0.21, 0.7, 0.92], 500))
    (axes,) = picture.figure.axes
    r, chance = axes.lines[0].get_data()
    same(r, np.arange(1, 41))
    close(chance, 1 - (1 - 0.222) ** r)
    band = axes.collections[0].get_paths()[0].vertices
    for p in (rate.low, rate.high):
        edge = np.c_[r, 1 - (1 - p) ** r]
        assert all((np.abs(band - point) < 1e-12).all(axis=1).any() for point in edge)
    (bars,) = axes.containers
    close(bars[0].get_ydata(), [0.21, 0.7, 0.92])
    half = 2 * np.sqrt(chance_of(0.222, 5) * (1 - chance_of(0.222, 5)) / 500)
    close(bars[2][0].get_segments()[1][:, 1], [0.7 - half, 0.7 + half])
    assert {"99%: 19 restarts", "simulated: 500 searches, after R starts"} <= set(said_in(axes))
    assert picture.sentence.endswith(
        "99% takes 19, at the ends of the interval 17 and 21. Formula and 500 simulated searches: 22.2%,"
        " 21.0% after 1; 71.5%, 70.0% after 5; 91.9%, 92.0% after 10."
    )
    assert "99% takes 1." in success(rate_of(1000, 1000), ([1], [0.5], 100)).sentence


SURE = {"a": (50, 100), "b": (90, 100), "c": (10, 100)}
OTHERS = {"c": (80, 100), "a": (20, 100), "b": (0, 100)}
CLOSE = {"a": (2, 1000), "b": (991, 1000), "c": (998, 1000), "d": (980, 1000)}


@pytest.mark.parametrize(
    ("panels", "order", "winners", "said"),
    [
        ([SURE, OTHERS], "bac", "bc", "first: b 0.900, a 0.500, c 0.100; b hits most often. second: b 0.000"),
        ([CLOSE], "cbda", ["cb"], "; no clear winner: c, b."),
    ],
)
def test_strategies_stand_in_one_order_and_the_highest_of_a_panel_are_set_off(panels, order, winners, said):
    """With all whose interval overlaps that of the highest."""
    rates = [{name: rate_of(*counts) for name, counts in panel.items()} for panel in panels]
    picture = strategies(dict(zip(["first", "second"], rates, strict=False)))
    assert [label.get_text() for label in picture.figure.axes[0].get_yticklabels()] == list(order)
    for axes, own, best in zip(picture.figure.axes, rates, winners, strict=True):
        for place, name in enumerate(order):
            interval, dot, text = *axes.lines[2 * place : 2 * place + 2], axes.texts[place]
            same(dot.get_xydata(), [[own[name].rate, -place]])
            same(interval.get_xdata(), [own[name].low, own[name].high])
            looks = ("s", "#d55e00", "bold") if name in best else ("o", "#0072b2", "normal")
            assert (dot.get_marker(), to_hex(dot.get_color()), text.get_fontweight()) == looks
            assert text.get_text() == f"{own[name].rate:.3f}"
    assert said in picture.sentence
