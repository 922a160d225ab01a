"""The cell that says that everything works, and what it says when something does not."""

import pytest

from gmm_lesson.explorers import selfcheck
from gmm_lesson.figures import Picture


def broken(*_):
    raise ImportError("not here")


@pytest.mark.parametrize(
    ("where", "name", "other", "said"),
    [
        (selfcheck, "BEST", selfcheck.BEST, "Everything works: the data load, EM ends where it should, and"),
        (selfcheck.importlib, "import_module", broken, "numpy does not load (not here)."),
        (selfcheck, "BEST", -700.0, "EM ends at -696.728198 instead of -700.000000"),
        (Picture, "png", lambda self: b"", "Pictures do not draw."),
    ],
)
def test_it_says_what_works_and_what_does_not(monkeypatch, where, name, other, said):
    monkeypatch.setattr(where, name, other)
    assert said in selfcheck.self_check()
