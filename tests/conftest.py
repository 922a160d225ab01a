"""For every test: the widgets that it made are closed after it."""

import pytest
from ipywidgets import Widget


@pytest.fixture(autouse=True)
def _closed():
    yield
    Widget.close_all()
