"""A plugin for nbval: the cells of each notebook once more, from the last to the first, as learners go back.

They run in the notebook's kernel, and are compared with what is stored, as the first time.
"""

import pytest
from nbval.plugin import IPyNbCell


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
