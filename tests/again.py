"""A plugin for nbval: the cells of each notebook once more, from the last to the first, as learners go back.

They run in the notebook's kernel, and are compared with what is stored, as the first time. A cell that took
long is left out: it would double what the notebooks cost.
"""

import time

import pytest
from nbval.plugin import IPyNbCell

LONG = 1.0
"""Seconds that a cell may take to be run again."""

took: dict[str, float] = {}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for notebook in dict.fromkeys(item.parent for item in items if isinstance(item, IPyNbCell)):
        cells = [item for item in items if item.parent is notebook]
        after = items.index(cells[-1]) + 1
        items[after:after] = [
            IPyNbCell.from_parent(
                notebook, name=f"{one.name} again", cell_num=one.cell_num, cell=one.cell, options=one.options
            )
            for one in reversed(cells)
        ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if took.get(item.nodeid.removesuffix(" again"), 0) > LONG:
        pytest.skip("it takes long")
    begin = time.perf_counter()
    answer = yield
    took[item.nodeid] = time.perf_counter() - begin
    return answer
