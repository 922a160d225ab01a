"""What a hub, and what GitHub, is told to do. A hub itself runs in benchmarks/classroom.py."""

import re
import subprocess
import sys
from urllib.parse import parse_qs, urlparse

import pytest
import yaml
from lessons import NAMES, ROOT
from pre_commit.clientlib import load_config
from traitlets.config import Config

TOLD = [
    path
    for place in ("*.md", "*/*.md", "hub/*", "binder/*", "benchmarks/*.py", "Makefile")
    for path in ROOT.glob(place)
]
OPEN_DOORS = "allow-root", "allow_root", "disable_check", "token=''", 'token=""', "--ip", "0.0.0.0"
AS_ROOT = [  # where who calls it is root already
    "$(if $(filter 0,$(shell id -u)),--allow-root)",
    "if {root!r}:  # the servers of this benchmark listen on this machine alone\n"
    '    c.Spawner.args.append("--allow-root")',
]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+)(?=[^=\n]*:)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
VALUES = yaml.safe_load((ROOT / "hub" / "values.yaml").read_text())


def holds(*schema_and_file):
    check = [sys.executable, "-m", "check_jsonschema", *schema_and_file]
    ran = subprocess.run(check, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_the_settings_add_to_the_hub_s_own_and_let_nobody_into_another_s_server():
    settings = (ROOT / "hub" / "jupyterhub_config.py").read_text()
    exec(settings, {"c": (c := Config())})  # The Littlest JupyterHub merges what it finds then
    assert [role["name"] for role in c.JupyterHub.load_roles.get_value([])] == ["teacher"]
    c = Config()
    c.JupyterHub.load_roles = [{"name": "culler", "scopes": ["delete:servers"]}]  # as the chart has it
    c.KubeSpawner.environment = {"THEIRS": "1"}
    exec(settings, {"c": c})
    culler, teacher = c.JupyterHub.load_roles
    assert culler["scopes"] == ["delete:servers"]
    assert teacher["groups"] == ["teachers"]
    assert set(teacher["scopes"]) == {"admin-ui", "list:users", "servers"}
    assert c.Spawner.disable_user_config
    assert c.SystemdSpawner.isolate_tmp
    assert c.KubeSpawner.environment["THEIRS"] == "1"
    assert c.Spawner.notebook_dir == "~"  # and not in the image, beside the disk that lasts
    assert len(c.KubeSpawner.environment["JUPYTER_RUNTIME_DIR"] + f"/kernel-{'x' * 36}-ipc-5") < 107
    assert "--KernelManager.transport=ipc" in c.Spawner.args.get_value([])


def test_the_values_say_who_may_log_in_and_close_the_network_between_students():
    executed = "/usr/local/etc/jupyterhub/jupyterhub_config.d/"  # by the chart
    assert VALUES["hub"]["extraFiles"]["class"]["mountPath"].startswith(executed)
    (login,) = [each for name, each in VALUES["hub"]["config"].items() if name.endswith("Authenticator")]
    assert login["allowed_users"]
    assert "allow_all" not in str(VALUES)
    assert VALUES["proxy"]["https"]["enabled"]
    assert VALUES["singleuser"]["networkPolicy"]["enabled"]
    assert VALUES["singleuser"]["cloudMetadata"]["blockWithIptables"]
    assert "hub.extraFiles.class.stringData=hub/jupyterhub_config.py" in (ROOT / "hub/README.md").read_text()


def test_the_chart_takes_the_values():
    holds("--schemafile", ROOT / "tests" / "hub_values.schema.yaml", ROOT / "hub" / "values.yaml")


def test_nothing_that_users_are_told_to_run_is_open_to_others():
    assert len(TOLD) > 10
    for path in TOLD:
        text = path.read_text(encoding="utf-8")
        for root in AS_ROOT:
            text = text.replace(root, "")
        assert not [door for door in OPEN_DOORS if door in text], path


def test_the_links_for_students_open_a_lesson_of_the_copy_that_they_make():
    links = re.findall(r"https://\S+/git-pull\?\S+", (ROOT / "hub" / "README.md").read_text())
    assert links
    for asked in (parse_qs(urlparse(link).query) for link in links):
        folder = asked["repo"][0].rpartition("/")[2]
        assert asked["branch"] == ["main"]
        assert asked["urlpath"][0].startswith(f"lab/tree/{folder}/")
        assert (ROOT / asked["urlpath"][0].removeprefix(f"lab/tree/{folder}/")).is_file()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_valid_asks_for_little_and_calls_what_exists(path):
    holds("--builtin-schema", "vendor.github-workflows", path)
    text = path.read_text()
    assert "secrets." not in text
    for used in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"[\w/-]+@v\d+(\.\d+)*", used), used
    workflow = yaml.safe_load(text)
    assert set(workflow["permissions"].values()) <= {"read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        ways = job.get("strategy", {}).get("matrix", {}).get("include", [{}])
        for step in job["steps"]:
            for call in re.findall(r"^make ([^&|#\n]+)", step.get("run", ""), flags=re.MULTILINE):
                for way in ways:
                    said = re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda m, way=way: way.get(m[1], "x"), call)
                    targets = {word for word in said.split() if "=" not in word}
                    assert targets <= TARGETS, (targets, path)


def test_commits_are_checked_by_the_project_s_own_commands_alone():
    (repo,) = load_config(str(ROOT / ".pre-commit-config.yaml"))["repos"]
    assert repo["repo"] == "local"
    hooks = {hook["id"]: hook for hook in repo["hooks"]}
    assert (hooks["lint"]["entry"], hooks["test"]["entry"]) == ("make lint", "make test")
    assert all(re.search(hooks["notebooks"]["files"], f"notebooks/{name}.ipynb") for name in NAMES)
