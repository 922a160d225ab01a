"""A real hub on this machine, and students who speak to it as JupyterLab does, for classroom.py."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "hub" / "jupyterhub_config.py"
PACE = (1.0, 2.0)
"""Seconds between two steps of a student's slider, drawn evenly."""
PATIENCE = 60
"""Seconds after which an answer counts as failed."""
CHANGED = " The teacher has changed this."
ADDED = {"cell_type": "markdown", "id": "my-own-words", "metadata": {}, "source": ["What I found out."]}
HUB = """
load_subconfig({settings!r})
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allowed_users = {students!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_port = {hub_port!r}
c.ConfigurableHTTPProxy.command = {proxy!r}
c.ConfigurableHTTPProxy.api_url = {proxy_api!r}
runtime = lambda spawner: f"{base}/run/{{spawner.user.name}}"
c.Spawner.environment.update({{"JUPYTER_RUNTIME_DIR": runtime}})
# The hub would take ports that the system hands out, and let go of each until its server has started. Of 40
# that start at once two sometimes get the same, and a student another's server, which says 404.
ports = iter({ports!r})
c.Spawner.pre_spawn_hook = lambda spawner: setattr(spawner, "port", next(ports))
c.Spawner.start_timeout = c.Spawner.http_timeout = 600
c.JupyterHub.log_level = "WARN"
c.JupyterHub.services = [{{"name": "classroom", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "tokens"]
c.JupyterHub.load_roles.append({{"name": "classroom", "services": ["classroom"], "scopes": scopes}})
if {root!r}:  # the servers of this benchmark listen on this machine alone
    c.Spawner.args.append("--allow-root")
"""


@contextlib.contextmanager
def running_hub(students: int, lesson: str, proxy: list[str]) -> Iterator[Hub]:
    """Run a hub for so many students in a folder of its own, and end all that it started."""
    names = [f"student-{number:02}" for number in range(1, students + 1)]
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        base = Path(folder)
        course = course_of(base / "course")
        port, hub_port, api_port, *ports = free_ports(3 + students)
        token, url = uuid.uuid4().hex, f"http://127.0.0.1:{port}"
        settings = {
            "settings": str(SETTINGS),
            "students": set(names),
            "homes": f"{base}/homes/{{username}}",
            "base": str(base),
            "url": url,
            "ports": ports,
            "hub_port": hub_port,
            "proxy": proxy,
            "proxy_api": f"http://127.0.0.1:{api_port}",
            "token": token,
            "password": uuid.uuid4().hex,  # nobody logs in: students have tokens
            "root": os.getuid() == 0,
        }
        (base / "homes").mkdir()
        (base / "config.py").write_text(HUB.format(**settings))
        log = (base / "log").open("w")
        command = [sys.executable, "-m", "jupyterhub", "-f", "config.py"]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "CONFIGPROXY_AUTH_TOKEN": uuid.uuid4().hex}
        process = subprocess.Popen(command, cwd=base, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            yield Hub(url, token, names, lesson, course)
        except BaseException:
            print((base / "log").read_text()[-4000:])
            raise
        finally:
            process.terminate()  # the hub ends its servers and the proxy
            process.wait(timeout=120)
            log.close()


def course_of(folder: Path) -> Path:
    """Make a repository of the course as it lies here, as the teacher's that students get copies of."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Call git in a folder."""
    who = ["-c", "user.name=Teacher", "-c", "user.email=teacher@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit all that changed in a folder."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "The course")


def free_ports(count: int) -> list[int]:
    """Return ports on this machine that nothing listens on, below those that the system hands out."""
    found: list[int] = []
    for port in range(20_000, 32_000):
        with contextlib.suppress(OSError), socket.socket() as each:
            each.bind(("127.0.0.1", port))
            found.append(port)
            if len(found) == count:
                return found
    raise OSError("there are not enough free ports")


class Hub:
    """A hub, the names of its class, and the teacher's repository of the course."""

    def __init__(self, url: str, token: str, names: list[str], lesson: str, course: Path) -> None:
        self.url, self.token, self.names, self.course = url, token, names, course
        self.notebook = f"notebooks/{lesson}.ipynb"

    def change(self) -> None:
        """Let the teacher change the first cell of the lesson."""
        path = self.course / self.notebook
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"][-1] += CHANGED
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")
        commit(self.course)

    async def ask(self, path: str, method: str = "GET", token: str = "", body: Any = None, **how: Any) -> Any:
        """Send a request with a token (the class's, if none is named) and return the answer's JSON."""
        if body is not None:
            how["body"] = json.dumps(body)
        how = {"allow_nonstandard_methods": True, "request_timeout": 600, **how}
        headers = {"Authorization": f"token {token or self.token}"}
        try:
            answer = await AsyncHTTPClient().fetch(self.url + path, method=method, headers=headers, **how)
        except HTTPClientError as refused:
            refused.message += f", {method} {path}"
            raise
        return json.loads(answer.body) if answer.body else None

    async def up(self) -> None:
        """Wait until the hub answers."""
        for _ in range(240):
            with contextlib.suppress(OSError, HTTPClientError):
                await self.ask("/hub/api/users")
                return
            await asyncio.sleep(0.5)
        raise TimeoutError("the hub does not answer")


class Student:
    """A student: a server, a copy of the course, a kernel, and a hand at the slider."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.path = f"/user/{name}"
        self.sliders: list[tuple[str, dict[str, Any]]] = []
        self.started = self.ran = 0.0
        self.answers: list[float] = []

    async def ask(self, path: str, method: str = "GET", body: Any = None, **how: Any) -> Any:
        """Ask the student's own server, with the student's own token."""
        return await self.hub.ask(self.path + path, method, self.token, body, **how)

    async def open(self) -> None:
        """Start the server, get the course, open the lesson and run its cells."""
        begin = time.perf_counter()
        await self._start()
        self.started = time.perf_counter() - begin
        self.token = (await self.hub.ask(f"/hub/api/users/{self.name}/tokens", "POST", body={}))["token"]
        await self._pull()
        notebook = (await self.ask(f"/api/contents/course/{self.hub.notebook}"))["content"]
        begin = time.perf_counter()
        where = {"path": f"course/{self.hub.notebook}", "name": "", "type": "notebook"}
        session = await self.ask("/api/sessions", "POST", body={**where, "kernel": {"name": "python3"}})
        await self._connect(session["kernel"]["id"])
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [output async for output in self._run(cell)]
        self.ran = time.perf_counter() - begin
        if not self.sliders:
            raise RuntimeError("the lesson has no slider")
        notebook["cells"].append(ADDED)
        model = {"type": "notebook", "content": notebook}
        await self.ask(f"/api/contents/course/{self.hub.notebook}", "PUT", model)

    async def move(self, seconds: float) -> None:
        """Move a slider of the lesson to and fro at a human pace, and wait for each picture."""
        chance = random.Random(self.name)
        await asyncio.sleep(chance.uniform(0, PACE[1]))
        comm, state = await self._live_slider()
        end, number = time.perf_counter() + seconds, 2
        while time.perf_counter() < end:
            answer = await self._step(comm, state["min"] + state["step"] * (1 + number % 8))
            if answer is None:
                raise RuntimeError("the picture did not follow the slider")
            self.answers.append(answer)
            number += 1
            await asyncio.sleep(chance.uniform(*PACE))

    async def _live_slider(self) -> tuple[str, dict[str, Any]]:
        """Return the first slider whose picture the kernel draws; others move in the page alone."""
        for comm, state in self.sliders:
            for number in (1, 2):  # it may stand at one of them
                if await self._step(comm, state["min"] + state["step"] * number) is not None:
                    return comm, state
        raise RuntimeError("the kernel draws no picture for a slider of this lesson")

    async def _step(self, comm: str, value: float) -> float | None:
        """Set a slider, and return the seconds to its new picture, if one came."""
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        begin, answer = time.perf_counter(), None
        async for message in self._answers("comm_msg", {"comm_id": comm, "data": data}):
            if "<svg" in str(message["content"].get("data", {}).get("state", {}).get("value", "")):
                answer = time.perf_counter() - begin
        return answer

    async def follow_again(self) -> None:
        """Follow the class's link once more: both the teacher's and the student's changes must be there."""
        await self._pull()
        notebook = (await self.ask(f"/api/contents/course/{self.hub.notebook}"))["content"]
        if not notebook["cells"][0]["source"].endswith(CHANGED):
            raise RuntimeError("the teacher's change is not there")
        if notebook["cells"][-1]["source"] != ADDED["source"][0]:
            raise RuntimeError("the student's edits are gone")

    async def is_kept_out(self, other: Student) -> None:
        """Fail unless a neighbour's server refuses this student, and anybody without a token."""
        for token in (self.token, "none"):
            try:
                await self.hub.ask(f"{other.path}/api/contents", token=token, follow_redirects=False)
            except HTTPClientError as refused:
                if refused.code in (302, 403):
                    continue
            raise RuntimeError("a student reached another's server")

    async def _start(self) -> None:
        while True:  # the hub starts some at a time, and asks the others to come again
            try:
                await self.hub.ask(f"/hub/api/users/{self.name}/server", "POST", body={})
                break
            except HTTPClientError as busy:
                if busy.code != 429:
                    raise
                await asyncio.sleep(random.uniform(1, 3))
        while not (await self.hub.ask(f"/hub/api/users/{self.name}"))["servers"][""]["ready"]:
            await asyncio.sleep(1)

    async def _pull(self) -> None:
        asked = urlencode({"repo": str(self.hub.course), "branch": "main", "targetpath": "course"})
        url, headers = (
            f"{self.hub.url}{self.path}/git-pull/api?{asked}",
            {"Authorization": f"token {self.token}"},
        )
        said = (await AsyncHTTPClient().fetch(url, headers=headers, request_timeout=600)).body.decode()
        if '"phase": "finished"' not in said:
            raise RuntimeError(said[-500:])

    async def _connect(self, kernel: str) -> None:
        self.session = uuid.uuid4().hex
        url = f"{self.hub.url}{self.path}/api/kernels/{kernel}/channels?session_id={self.session}"
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(url.replace("http", "ws", 1), headers=headers, request_timeout=600)
        self.socket = await websocket_connect(request, max_message_size=1 << 28)

    async def _run(self, cell: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Run a cell, and yield what a notebook would hold of its output."""
        content = {"code": "".join(cell["source"]), "silent": False, "stop_on_error": False}
        content["allow_stdin"] = False
        may_fail = "raises-exception" in cell["metadata"].get("tags", [])
        async for message in self._answers("execute_request", content, {"cellId": cell["id"]}):
            content = message["content"]
            if message["msg_type"] == "comm_open":
                state = content["data"].get("state", {})
                if state.get("_model_name") in ("FloatSliderModel", "IntSliderModel"):
                    self.sliders.append((content["comm_id"], state))
            elif message["msg_type"] == "error" and not may_fail:
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                content.pop("transient", None)
                yield {"output_type": message["msg_type"], **content}

    async def _answers(
        self, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Send a message to the kernel, and yield what it answers until it is idle again."""
        ident = uuid.uuid4().hex
        header = {"msg_id": ident, "msg_type": kind, "username": "", "session": self.session}
        message = {"header": header, "parent_header": {}, "metadata": metadata or {}, "content": content}
        await self.socket.write_message(json.dumps({**message, "channel": "shell", "buffers": []}))
        waits = 600 if kind == "execute_request" else PATIENCE
        while True:
            text = await asyncio.wait_for(self.socket.read_message(), waits)
            if text is None:
                raise ConnectionError("the kernel's connection was closed")
            if isinstance(text, bytes):  # a message with buffers: pictures of other widgets
                continue
            answer = json.loads(text)
            if answer["parent_header"].get("msg_id") != ident:
                continue
            yield answer
            if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                return
