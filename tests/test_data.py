"""The data sets: whole, with a source and units, and safe to change."""

import numpy as np
import pytest

from gmm_lesson import load
from gmm_lesson.data import DATASETS

ALL = ("lecture_2021", "galaxies", "old_faithful", "penguins", "banknotes")
MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


@pytest.mark.parametrize(
    ("name", "shape", "units", "columns", "author"),
    [
        ("lecture_2021", (200,), "none", ["y", "random_class"], "2021"),
        ("galaxies", (82,), "km/s", ["velocity"], "Roeder"),
        ("old_faithful", (272, 2), "minutes", ["eruptions", "waiting"], "Azzalini"),
        (
            "penguins",
            (342,),
            "mm",
            ["species", "island", *MEASURES, "sex", "year", "bills", "measures"],
            "Gorman",
        ),
        ("banknotes", (200,), "mm", ["status", "bottom_mm", "diagonal_mm"], "Flury"),
    ],
)
def test_a_data_set_is_whole_and_names_its_source(name, shape, units, columns, author):
    assert tuple(DATASETS) == ALL
    data = load(name)
    assert author in data.source
    assert data.name == name
    assert data.y.shape == shape
    assert data.y.dtype == np.float64
    assert np.isfinite(data.y).all()
    assert units in data.units
    assert list(data.columns) == columns
    assert f"{shape[0]} objects" in repr(data)


def test_lecture_2021_is_the_printed_run():
    data = load("lecture_2021")
    np.testing.assert_array_equal(data.y[:3], [35.46516911, 59.97870443, 36.50427966])
    np.testing.assert_array_equal(data.random_class[:4], [3, 3, 1, 2])
    assert data.random_class.dtype.kind == "i"
    assert set(data.random_class) == {1, 2, 3, 4}


def test_galaxy_78_is_as_first_published():
    galaxies = load("galaxies")
    assert galaxies.y[77] == 26960
    assert 26690 not in galaxies.y
    assert (galaxies.y.min(), galaxies.y.max()) == (9172, 34279)


def test_old_faithful_has_its_known_means():
    # R's help page for `faithful`: mean eruption 3.488 minutes, mean waiting time 70.9.
    data = load("old_faithful")
    np.testing.assert_allclose(data.y.mean(axis=0), [3.488, 70.897], atol=5e-4)
    np.testing.assert_array_equal(data.y, np.column_stack([data.eruptions, data.waiting]))


def test_the_penguins_are_those_of_the_paper():
    # Gorman et al.: 152 Adelies, 68 Chinstraps and 124 Gentoos; one Adelie and one Gentoo were not measured.
    birds = load("penguins")
    kinds, counts = np.unique(birds.species, return_counts=True)
    assert dict(zip(kinds, counts, strict=True)) == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}
    assert (birds.sex == "NA").sum() == 9
    np.testing.assert_array_equal(birds.y, birds.bills[:, 0])
    np.testing.assert_array_equal(birds.bills, birds.measures[:, :2])
    np.testing.assert_array_equal(birds.measures[0], [39.1, 18.7, 181, 3750])
    means = [birds.bills[birds.species == kind].mean(axis=0) for kind in kinds]
    np.testing.assert_allclose(means, [[38.791, 18.346], [48.834, 18.421], [47.505, 14.982]], atol=6e-4)
    assert "Adelie" not in repr(birds) + birds.source  # the lessons keep the species in an envelope


def test_the_banknotes_have_their_known_means():
    # 100 genuine and 100 counterfeit; the means are Flury and Riedwyl's.
    notes = load("banknotes")
    kinds = [notes.y[notes.status == kind] for kind in ("genuine", "counterfeit")]
    assert [(len(kind), kind.mean().round(3)) for kind in kinds] == [(100, 141.517), (100, 139.45)]
    assert not {"genuine", "counterfeit"} & set(notes.source.split()), "the lesson keeps them in an envelope"


@pytest.mark.parametrize("name", ALL)
def test_changing_one_load_changes_no_other_and_it_has_no_other_attributes(name):
    data = load(name)
    for part in (data.y, *data.columns.values()):
        assert part.any()
        part[:] = 0
    assert load(name).y.any()
    assert all(values.any() for values in load(name).columns.values())
    with pytest.raises(AttributeError, match=r"no 'speed'; its columns are \w+"):
        data.speed  # noqa: B018
    with pytest.raises(AttributeError):
        data.y = np.ones(3)
