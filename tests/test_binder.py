"""What Binder would build.

repo2docker renders the Dockerfile and no image is built: that would need Docker, and conda's channels.
"""

import os
import re
import warnings
from urllib.parse import parse_qs, urlparse

from lessons import NAMES, ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of a library that repo2docker uses
    from repo2docker.buildpacks import CondaBuildPack


def test_the_conda_build_pack_reads_the_folder_binder(monkeypatch):
    monkeypatch.chdir(ROOT)  # repo2docker looks at the folder it is in
    pack = CondaBuildPack("docker.io/library/buildpack-deps:jammy")
    pack.platform = "linux/amd64"
    assert pack.detect()
    assert pack.environment_yaml_path == "binder/environment.yml"
    assert pack.python_version == "3.12"
    assert pack.get_post_build_scripts() == ["binder/postBuild"]
    dockerfile = pack.render()
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/usr/bin/env bash\nset -euo pipefail\n")
    # Not editable: a hub mounts the student's disk over the folder that this was built in.
    assert "pip install --no-cache-dir --only-binary :all: . --group lab --group hub\n" in script.read_text()


def test_the_course_and_every_lesson_have_a_badge_that_opens_it_in_jupyterlab():
    links = re.findall(r"https://mybinder\.org/v2/[^)\s]+", (ROOT / "README.md").read_text())
    opened = [parse_qs(urlparse(link).query)["urlpath"][0] for link in links]
    assert opened[0] == "lab/tree/notebooks/00_start_here.ipynb"
    assert sorted(opened[1:]) == [f"lab/tree/notebooks/{name}.ipynb" for name in NAMES]
