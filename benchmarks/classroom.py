"""A class on one machine's hub: the memory of a student, and how long a slider waits for its answer.

    make classroom                       5, 10, 20 and 40 students; stores the table in benchmarks/classroom.md
    make classroom STUDENTS=40           40 of them; prints only

A real JupyterHub with the settings of hub/jupyterhub_config.py, its proxy, and for each student a server and a kernel.
All students come at once. Each gets a copy of the course by the link that a class is given (nbgitpuller), opens the
lesson, runs its cells, and waits for the others. Then all move a slider for a minute, a step each one to two seconds, and
wait for the picture. One student alone is measured first, in the same way. At the end the teacher changes the lesson
that the students have changed, and they follow the link again. There are no browsers: students speak to their servers
as JupyterLab does, through the proxy, with their own tokens.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "hub" / "jupyterhub_config.py"
STORED = Path(__file__).with_suffix(".md")
CLASSES = [5, 10, 20, 40]
PACE = (1.0, 2.0)
"""Seconds between two steps of a student's slider, drawn evenly."""
PATIENCE = 60
"""Seconds after which an answer counts as failed."""
AIM = 5
"""How many times the p95 of one student alone that of a class may be."""
ADDED = {"cell_type": "markdown", "id": "my-own-words", "metadata": {}, "source": ["What I found out."]}
HUB = """
load_subconfig({settings!r})
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {students!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_port = {hub_port!r}
c.ConfigurableHTTPProxy.command = {proxy!r}
c.ConfigurableHTTPProxy.api_url = {proxy_api!r}
c.Spawner.environment["JUPYTER_RUNTIME_DIR"] = lambda spawner: f"{base}/run/{{spawner.user.name}}"
c.Spawner.start_timeout = c.Spawner.http_timeout = 600
c.JupyterHub.log_level = "WARN"
c.JupyterHub.services = [{{"name": "classroom", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "tokens"]
c.JupyterHub.load_roles.append({{"name": "classroom", "services": ["classroom"], "scopes": scopes}})
if {root!r}:  # the servers of this benchmark listen on this machine alone
    c.Spawner.args.append("--allow-root")
"""


@dataclass
class Class:
    """What was measured of a class: seconds, megabytes; a number a student, but for the answers."""

    students: int
    started: list[float] = field(default_factory=list)
    ran: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    idle: float = 0.0
    load: float = 0.0

    @property
    def p95(self) -> float:
        """The p95 of slider to answer, in seconds."""
        return statistics.quantiles(self.answers, n=20)[-1]


def main() -> None:
    """Measure one student alone, then each class, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", help=f"how many; {CLASSES} if not said")
    parser.add_argument("--lesson", default="03_e_step", help="the lesson that all open")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the sliders move")
    parser.add_argument("--proxy", nargs="+", default=["configurable-http-proxy"], help="the proxy's command")
    arguments = parser.parse_args()
    classes = []
    for students in [1, *(arguments.students or CLASSES)]:
        # Alone a student moves the slider three times as long, so that the p95 is that of enough steps.
        minutes = arguments.minutes * (3 if students == 1 else 1)
        with running_hub(students, arguments.lesson, arguments.proxy) as hub:
            classes.append(asyncio.run(hub.lesson(60 * minutes)))
        print(row(classes[-1], classes[0]), flush=True)
        for failure in classes[-1].failures:
            print("    failed:", failure)
    text = report(classes, arguments.lesson)
    print(text)
    if not arguments.students:
        STORED.write_text(text, encoding="utf-8")
    if any(one.failures for one in classes):
        sys.exit("there were failures")


@contextlib.contextmanager
def running_hub(students: int, lesson: str, proxy: list[str]) -> Iterator[Hub]:
    """Run a hub for so many students in a folder of its own, and end all that it started."""
    names = [f"student-{number:02}" for number in range(1, students + 1)]
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        base = Path(folder)
        course = course_of(base / "course")
        port, hub_port, api_port = free_ports(3)
        token, url = uuid.uuid4().hex, f"http://127.0.0.1:{port}"
        settings = {
            "settings": str(SETTINGS),
            "students": set(names),
            "homes": f"{base}/homes/{{username}}",
            "base": str(base),
            "url": url,
            "hub_port": hub_port,
            "proxy": proxy,
            "proxy_api": f"http://127.0.0.1:{api_port}",
            "token": token,
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
    """Return ports on this machine that nothing listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Hub:
    """A hub and its class."""

    def __init__(self, url: str, token: str, names: list[str], lesson: str, course: Path) -> None:
        self.url, self.token, self.names, self.course = url, token, names, course
        self.notebook = f"notebooks/{lesson}.ipynb"

    async def lesson(self, seconds: float) -> Class:
        """Let the class have its lesson, sliders moving for so many seconds, and return what was measured."""
        AsyncHTTPClient.configure(None, max_clients=200)
        await self._up()
        measured = Class(len(self.names))
        students = [Student(self, name, measured) for name in self.names]
        running = await all_of(students, Student.open, measured)
        processes = processes_of(self.names)
        before, begin = cpu_seconds(processes), time.perf_counter()
        await asyncio.sleep(15)
        measured.idle = (cpu_seconds(processes) - before) / (time.perf_counter() - begin) / len(self.names)
        running = await all_of(running, lambda student: student.move(seconds), measured)
        measured.load = os.getloadavg()[0]
        measured.memory = memory_of(self.names)
        path = self.course / self.notebook
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"][-1] += " The teacher has changed this."
        path.write_text(json.dumps(notebook), encoding="utf-8")
        commit(self.course)
        running = await all_of(running, Student.follow_again, measured)
        if len(running) > 1:
            await running[0].is_kept_out(running[1])
        for student in running:
            student.socket.close()
        return measured

    async def ask(self, path: str, method: str = "GET", token: str = "", body: Any = None, **how: Any) -> Any:
        """Send a request with a token (the class's, if none is named) and return the answer's JSON."""
        if body is not None:
            how["body"] = json.dumps(body)
        how = {"allow_nonstandard_methods": True, "request_timeout": 600, **how}
        headers = {"Authorization": f"token {token or self.token}"}
        answer = await AsyncHTTPClient().fetch(self.url + path, method=method, headers=headers, **how)
        return json.loads(answer.body) if answer.body else None

    async def _up(self) -> None:
        for _ in range(240):
            with contextlib.suppress(OSError, HTTPClientError):
                await self.ask("/hub/api/users")
                return
            await asyncio.sleep(0.5)
        raise TimeoutError("the hub does not answer")


async def all_of(students: list[Student], act: Any, measured: Class) -> list[Student]:
    """Let all students act at once, note who fails, and return the others."""
    results = await asyncio.gather(*map(act, students), return_exceptions=True)
    for student, result in zip(students, results, strict=True):
        if isinstance(result, BaseException):
            measured.failures.append(f"{student.name}: {type(result).__name__} {result}")
    return [s for s, result in zip(students, results, strict=True) if not isinstance(result, BaseException)]


class Student:
    """A student: a server, a copy of the course, a kernel, and a hand at the slider."""

    def __init__(self, hub: Hub, name: str, measured: Class) -> None:
        self.hub, self.name, self.measured = hub, name, measured
        self.path = f"/user/{name}"
        self.sliders: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, path: str, method: str = "GET", body: Any = None, **how: Any) -> Any:
        """Ask the student's own server, with the student's own token."""
        return await self.hub.ask(self.path + path, method, self.token, body, **how)

    async def open(self) -> None:
        """Start the server, get the course, open the lesson and run its cells."""
        begin = time.perf_counter()
        await self._start()
        self.measured.started.append(time.perf_counter() - begin)
        self.token = (await self.hub.ask(f"/hub/api/users/{self.name}/tokens", "POST", body={}))["token"]
        await self._pull()
        notebook = (await self.ask(f"/api/contents/course/{self.hub.notebook}"))["content"]
        begin = time.perf_counter()
        where = {"path": f"course/{self.hub.notebook}", "name": "", "type": "notebook"}
        session = await self.ask("/api/sessions", "POST", body={**where, "kernel": {"name": "python3"}})
        await self._connect(session["kernel"]["id"])
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                await self._run(cell)
        self.measured.ran.append(time.perf_counter() - begin)
        if not self.sliders:
            raise RuntimeError("the lesson has no slider")
        notebook["cells"].append(ADDED)
        model = {"type": "notebook", "content": notebook}
        await self.ask(f"/api/contents/course/{self.hub.notebook}", "PUT", model)

    async def move(self, seconds: float) -> None:
        """Move the first slider of the lesson to and fro at a human pace, and wait for each picture."""
        chance = random.Random(self.name)
        await asyncio.sleep(chance.uniform(0, PACE[1]))
        comm, state = self.sliders[0]
        end, number = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            value = state["min"] + state["step"] * (1 + number % 8)
            content = {"comm_id": comm, "data": {"method": "update", "state": {"value": value}, "buffer_paths": []}}
            begin = time.perf_counter()
            async for message in self._answers("comm_msg", content):
                if "<svg" in str(message["content"].get("data", {}).get("state", {}).get("value", "")):
                    self.measured.answers.append(time.perf_counter() - begin)
            number += 1
            await asyncio.sleep(chance.uniform(*PACE))

    async def follow_again(self) -> None:
        """Follow the class's link once more: the teacher's change and the student's are both there, or it fails."""
        await self._pull()
        notebook = (await self.ask(f"/api/contents/course/{self.hub.notebook}"))["content"]
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
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(f"{self.hub.url}{self.path}/git-pull/api?{asked}", headers=headers, request_timeout=600)
        said = (await AsyncHTTPClient().fetch(request)).body.decode()
        if '"phase": "finished"' not in said:
            raise RuntimeError(said[-500:])

    async def _connect(self, kernel: str) -> None:
        self.session = uuid.uuid4().hex
        url = f"{self.hub.url}{self.path}/api/kernels/{kernel}/channels?session_id={self.session}"
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(url.replace("http", "ws", 1), headers=headers, request_timeout=600)
        self.socket = await websocket_connect(request, max_message_size=1 << 28)

    async def _run(self, cell: dict[str, Any]) -> None:
        content = {"code": "".join(cell["source"]), "silent": False, "allow_stdin": False, "stop_on_error": False}
        may_fail = "raises-exception" in cell["metadata"].get("tags", [])
        async for message in self._answers("execute_request", content, {"cellId": cell["id"]}):
            content = message["content"]
            if message["msg_type"] == "comm_open":
                state = content["data"].get("state", {})
                if state.get("_model_name") in ("FloatSliderModel", "IntSliderModel"):
                    self.sliders.append((content["comm_id"], state))
            elif message["msg_type"] == "error" and not may_fail:
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")

    async def _answers(
        self, kind: str, content: dict[str, Any], metadata: dict[str, Any] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Send a message to the kernel, and yield what it answers until it is idle again."""
        ident = uuid.uuid4().hex
        header = {"msg_id": ident, "msg_type": kind, "username": "", "session": self.session, "version": "5.3"}
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


def processes_of(names: list[str]) -> dict[str, list[Path]]:
    """Return the processes of each student, the server and the kernels, as folders of /proc."""
    found: dict[str, list[Path]] = {name: [] for name in names}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            variables = (folder / "environ").read_bytes().split(b"\0")
            name = next((v[16:].decode() for v in variables if v.startswith(b"JUPYTERHUB_USER=")), "")
            if name in found:
                found[name].append(folder)
    return found


def cpu_seconds(processes: dict[str, list[Path]]) -> float:
    """Return the processor time that processes have used."""
    fields = [(p / "stat").read_text().rsplit(")", 1)[1].split() for each in processes.values() for p in each]
    return sum(int(f[11]) + int(f[12]) for f in fields) / os.sysconf("SC_CLK_TCK")


def memory_of(names: list[str]) -> dict[str, list[float]]:
    """Return megabytes of each student: shared pages in shares ("Pss"), and all of them ("Rss"); by part."""
    memory: dict[str, list[float]] = {}
    for folders in processes_of(names).values():
        sums = {"server Pss": 0.0, "kernel Pss": 0.0, "server Rss": 0.0, "kernel Rss": 0.0}
        for folder in folders:
            part = "kernel" if b"ipykernel" in (folder / "cmdline").read_bytes() else "server"
            for line in (folder / "smaps_rollup").read_text().splitlines()[1:]:
                name, value, *_ = line.split()
                if name in ("Pss:", "Rss:"):
                    sums[f"{part} {name[:-1]}"] += int(value) / 1024
        for key, value in sums.items():
            memory.setdefault(key, []).append(value)
    return memory


HEAD = [
    "students",
    "failures",
    "memory a student",
    "of it the server",
    "the kernel",
    "alone in a container",
    "slider to answer, p50",
    "p95",
    "x one student's p95",
    "server started",
    "lesson run",
    "idle",
]


def row(measured: Class, alone: Class) -> str:
    """Return a line of the table."""
    middle = {key: statistics.median(values) for key, values in measured.memory.items()}
    cells = [
        str(measured.students),
        str(len(measured.failures)),
        f"{middle['server Pss'] + middle['kernel Pss']:.0f} MB",
        f"{middle['server Pss']:.0f} MB",
        f"{middle['kernel Pss']:.0f} MB",
        f"{middle['server Rss'] + middle['kernel Rss']:.0f} MB",
        f"{1e3 * statistics.median(measured.answers):.0f} ms",
        f"{1e3 * measured.p95:.0f} ms",
        f"{measured.p95 / alone.p95:.1f}",
        f"{statistics.median(measured.started):.0f} s, last {max(measured.started):.0f} s",
        f"{statistics.median(measured.ran):.0f} s",
        f"{100 * measured.idle:.1f}%",
    ]
    return f"| {' | '.join(cells)} |"


def report(classes: list[Class], lesson: str) -> str:
    """Return the table, with what it was measured on."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}", *(row(each, classes[0]) for each in classes)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
