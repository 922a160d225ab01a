"""For every test: the widgets that it made are closed after it."""

import pytest
from ipywidgets.widgets.widget import _instances


@pytest.fixture(autouse=True)
def _closed():
    before = set(_instances)
    yield
    for widget in [widget for name, widget in _instances.items() if name not in before]:
        widget.close()
