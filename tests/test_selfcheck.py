"""The cell that says that everything works, and what it says when something does not."""

from gmm_lesson.explorers import selfcheck


def test_it_says_that_everything_works():
    assert selfcheck.self_check().startswith("Everything works: the data load, EM finds -696.7282")


def test_it_names_what_does_not_load(monkeypatch):
    def broken(name):
        raise ImportError("not here")

    monkeypatch.setattr(selfcheck.importlib, "import_module", broken)
    assert selfcheck.self_check().startswith("numpy does not load (not here).")


def test_it_says_when_em_ends_elsewhere(monkeypatch):
    monkeypatch.setattr(selfcheck, "BEST", -700.0)
    assert "EM ends at -696.728198 instead of -700.000000" in selfcheck.self_check()


def test_it_says_when_pictures_do_not_draw(monkeypatch):
    from gmm_lesson import figures

    monkeypatch.setattr(figures.Picture, "png", lambda self: b"")
    assert selfcheck.self_check().startswith("Pictures do not draw.")
