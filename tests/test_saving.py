"""What the Jupyter server leaves out of a saved notebook: widgets, where a picture or a text can stand."""

import copy
import json
import types

import ipywidgets
import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager
from lessons import ROOT

from gmm_lesson.exercises.lab import Broken
from gmm_lesson.exercises.labs import LABS
from gmm_lesson.exercises.predict import QUESTIONS, Prediction
from gmm_lesson.explorers import e_step_explorer, em_scrubber, saving
from gmm_lesson.explorers.page import WIDGET

SWITCH = json.loads((ROOT / "jupyter" / "gmm_lesson.json").read_text())
STATE = {"application/vnd.jupyter.widget-state+json": {"state": {"box": {"state": {}}}, "version_major": 2}}


def view(name):
    return {"model_id": name, "version_major": 2, "version_minor": 0}


def notebook(*bundles):
    outputs = [nbformat.v4.new_output("display_data", data=dict(data)) for data in bundles]
    cells = [nbformat.v4.new_markdown_cell("text"), nbformat.v4.new_code_cell("1", outputs=outputs)]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata.widgets = STATE
    return json.loads(json.dumps(made))  # as the server has it


def bundles(made):
    return [output["data"] for output in made["cells"][1]["outputs"]]


@pytest.fixture
def ours():
    """The bundles of each kind of live output."""
    things = [e_step_explorer(), em_scrubber(), Prediction(QUESTIONS["03-midpoint"]), Broken(LABS["e_step"])]
    live = [data for thing in things[:2] for data, _ in thing.outputs()]
    return live + [thing._repr_mimebundle_() for thing in things[2:]]


def test_every_live_output_is_saved_as_a_picture_or_a_text(ours):
    assert all(WIDGET in data for data in ours)
    made = notebook(*ours)
    saving.before_saving({"type": "notebook", "content": made}, path="x.ipynb", contents_manager=None)
    for before, after in zip(ours, bundles(made), strict=True):
        assert after == {kind: data for kind, data in before.items() if kind != WIDGET}
        assert set(after) & {"image/png", "text/markdown"}


@pytest.mark.parametrize("own", [True, False])
def test_the_state_goes_unless_a_widget_of_the_learner_s_own_needs_it_which_is_left_as_it_is(own):
    its = ipywidgets.IntSlider()._repr_mimebundle_()
    made = notebook({WIDGET: view("box"), "image/png": ""}, *[its] * own)
    saving.without_widgets(made)
    assert bundles(made) == [{"image/png": ""}, *[its] * own]
    assert ("widgets" in made["metadata"]) == own


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"type": "file", "content": "text"},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"nbformat": 4}},
        {"type": "notebook", "content": {"nbformat": 4, "cells": [None]}},
        {"type": "notebook", "content": {"nbformat": 3, "worksheets": []}},
    ],
)
def test_what_is_no_notebook_of_today_is_saved_as_it_is(model):
    before = copy.deepcopy(model)
    saving.before_saving(model, path="x", contents_manager=None)
    assert model == before


def test_a_server_writes_pictures_signs_them_and_minds_its_other_hooks(tmp_path):
    """Also if another extension, loaded later, puts another contents manager in place of the first."""
    first, second = (FileContentsManager(root_dir=str(tmp_path)) for _ in range(2))
    calls, later = [], []
    second.pre_save_hook = lambda model, **_: calls.append("configured")
    second.register_pre_save_hook(lambda model, **_: calls.append("other"))
    loop = types.SimpleNamespace(add_callback=later.append)
    app = types.SimpleNamespace(contents_manager=first, io_loop=loop)
    (point,) = saving._jupyter_server_extension_points()
    assert SWITCH["ServerApp"]["jpserver_extensions"] == {point["module"]: True}
    saving._load_jupyter_server_extension(app)
    app.contents_manager = second
    later[0]()
    made = notebook({WIDGET: view("box"), "image/png": "abcd", "text/plain": "said"})
    made["cells"][1]["metadata"]["trusted"] = True
    second.save({"type": "notebook", "content": made, "format": "json"}, "saved.ipynb")
    assert calls == ["configured", "other"]
    again = second.get("saved.ipynb")["content"]
    assert bundles(again) == [{"image/png": "abcd", "text/plain": "said"}]
    assert again["cells"][1]["metadata"]["trusted"] is True
