"""What the pictures of lesson 09 show."""

import numpy as np
import pytest
from drawings import CHOICES, SOME, Y

from gmm_lesson import figures


@pytest.mark.parametrize("k", [1, 2, 4])
def test_choice_shows_the_fit_and_every_bic(k):
    picture, choice = figures.ChoicePicture(SOME, CHOICES[40], 2), CHOICES[60]
    picture.update(Y, choice, k)
    place, above = list(choice.components).index(k), choice.bic - choice.bic.min()
    x, total = picture.total.get_data()
    assert total == pytest.approx(choice.fits[place].mixture.density(x))
    drawn = [curve.get_ydata() for curve in picture.curves]
    assert [len(heights) for heights in drawn] == [len(x)] * k + [0] * (4 - k)
    assert sum(drawn[:k]) == pytest.approx(total)
    edges, heights = picture.bars.get_data()
    counted = np.histogram(Y, np.unique(edges), density=True)[0]
    assert heights == pytest.approx(np.concatenate([[0], counted.repeat(2), [0]]))
    assert picture.bic.get_offsets() == pytest.approx(np.column_stack([[1, 2, 4], above]))
    assert picture.chosen.get_offsets() == pytest.approx(np.array([[k, above[place]]]))
    found, p = choice.fits[place].log_likelihood, 3 * k - 1
    assert picture.sentence == (
        f"60 objects and the fit of {k} class{'es' * (k > 1)}: log-likelihood {found:.2f}, {p} parameters,"
        f" BIC {p * np.log(60) - 2 * found:.1f}. BIC above the lowest: {above[0]:.1f} at K = 1,"
        f" {above[1]:.1f} at K = 2, {above[2]:.1f} at K = 4."
    )


def test_how_often_counts():
    picture = figures.how_often([2, 2, 4])
    assert [bar.get_height() for bar in picture.figure.axes[0].patches] == [2, 1]
    assert picture.sentence == "Of 3 bootstraps BIC chose K = 2 in 2, K = 4 in 1."
