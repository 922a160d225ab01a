"""For every test: the widgets that it made are closed after it."""

import pytest
from ipywidgets.widgets.widget import _instances


@pytest.fixture(autouse=True)
def _closed():
    before = set(_instances)
    yield
    for name in _instances.keys() - before:
        _instances[name].close()
