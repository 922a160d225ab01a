"""A class on one machine's hub: the memory of a student, and how long a slider waits for its answer.

    make classroom                 5, 10, 20 and 40 students; stores the table in benchmarks/classroom.md
    make classroom STUDENTS=40     40 of them; prints only

That is `python benchmarks/classroom.py --students 40` in an environment that binder/postBuild has filled, and
the proxy.

A real JupyterHub with the settings of hub/jupyterhub_config.py, its proxy, and for each student a server
and a kernel. All students come at once. Each gets a copy of the course by the link that a class is given
(nbgitpuller), opens the lesson, runs its cells, and waits for the others. Then all move a slider for a
minute, a step each one to two seconds, and wait for the picture. One student alone is measured first, in
the same way. At the end the teacher changes the lesson that the students have changed, and they follow the
link again. There are no browsers: students speak to their servers as JupyterLab does, through the proxy,
with their own tokens.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from engine import machine
from students import Hub, Student, running_hub
from tornado.httpclient import AsyncHTTPClient

STORED = Path(__file__).with_suffix(".md")
CLASSES = [5, 10, 20, 40]
AIM = 5
"""How many times the p95 of one student alone that of a class may be."""
IDLE = 15
"""Seconds in which nobody does anything, to see what that costs."""


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
    work: float = 0.0
    load: float = 0.0

    @property
    def p95(self) -> float:
        """The p95 of slider to answer, in seconds; NaN where nobody got that far."""
        return math.nan if not self.answers else statistics.quantiles(self.answers, n=20)[-1]


def main() -> None:
    """Measure one student alone, then each class, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", help=f"how many; {CLASSES} if not said")
    parser.add_argument(
        "--lesson", default="03_e_step", help="the lesson that all open; its kernel draws for a slider"
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the sliders move")
    parser.add_argument("--proxy", nargs="+", default=["configurable-http-proxy"], help="the proxy's command")
    arguments = parser.parse_args()
    classes = []
    for students in [1, *(arguments.students or CLASSES)]:
        # Alone a student moves the slider three times as long, so that the p95 is that of enough steps.
        minutes = arguments.minutes * (3 if students == 1 else 1)
        with running_hub(students, arguments.lesson, arguments.proxy) as hub:
            classes.append(asyncio.run(lesson_on(hub, 60 * minutes)))
        print(*map(": ".join, column(classes[-1], classes[0]).items()), sep=", ", flush=True)
        for failure in classes[-1].failures:
            print("    failed:", failure)
    text = report(classes, arguments.lesson)
    print(text)
    if not arguments.students:
        STORED.write_text(text, encoding="utf-8")
    if any(one.failures for one in classes):
        sys.exit("there were failures")


async def lesson_on(hub: Hub, seconds: float) -> Class:
    """Let a class have its lesson, sliders moving for so many seconds, and return what was measured."""
    AsyncHTTPClient.configure(None, max_clients=200)
    await hub.up()
    measured = Class(len(hub.names))
    students = [Student(hub, name) for name in hub.names]
    students = await all_of(students, Student.open, measured)
    processes, begin = processes_of(hub.names), time.perf_counter()
    before = cpu_seconds(processes)
    await asyncio.sleep(IDLE)
    measured.idle = (cpu_seconds(processes) - before) / (time.perf_counter() - begin) / len(hub.names)
    before = cpu_seconds(processes)
    students = await all_of(students, lambda student: student.move(seconds), measured)
    measured.work = cpu_seconds(processes) - before
    measured.load, measured.memory = os.getloadavg()[0], memory_of(hub.names)
    hub.change()
    students = await all_of(students, Student.follow_again, measured)
    if len(students) > 1:
        await all_of(students[:1], lambda student: student.is_kept_out(students[1]), measured)
    for student in students:
        student.socket.close()
        measured.started.append(student.started)
        measured.ran.append(student.ran)
        measured.answers += student.answers
    return measured


async def all_of(
    students: list[Student], act: Callable[[Student], Coroutine[Any, Any, None]], measured: Class
) -> list[Student]:
    """Let all students act at once, note who fails, and return the others."""
    results = await asyncio.gather(*map(act, students), return_exceptions=True)
    for student, result in zip(students, results, strict=True):
        if isinstance(result, BaseException):
            measured.failures.append(f"{student.name}: {type(result).__name__} {result}")
    return [s for s, result in zip(students, results, strict=True) if not isinstance(result, BaseException)]


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
    ticks = 0
    for folder in (folder for each in processes.values() for folder in each):
        with contextlib.suppress(OSError):  # one that ended
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


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


def column(measured: Class, alone: Class) -> dict[str, str]:
    """Return a class's column of the table."""
    cells = {"students": str(measured.students), "failures": str(len(measured.failures))}
    if not measured.answers:
        return cells
    both = map(sum, zip(measured.memory["server Pss"], measured.memory["kernel Pss"], strict=True))
    mb = {key: statistics.median(values) for key, values in measured.memory.items()}
    return cells | {
        "memory a student": f"{statistics.median(both):.0f} MB",
        "of it, the server": f"{mb['server Pss']:.0f} MB",
        "of it, the kernel": f"{mb['kernel Pss']:.0f} MB",
        "alone in a container": f"{mb['server Rss'] + mb['kernel Rss']:.0f} MB",
        "slider to answer, p50": f"{1e3 * statistics.median(measured.answers):.0f} ms",
        "slider to answer, p95": f"{1e3 * measured.p95:.0f} ms",
        "times one student's p95": f"{measured.p95 / alone.p95:.1f}",
        "server ready, median": f"{statistics.median(measured.started):.0f} s",
        "server ready, the last": f"{max(measured.started):.0f} s",
        "lesson run, median": f"{statistics.median(measured.ran):.0f} s",
        "processor time, idle": f"{100 * measured.idle:.2f}%",
        "processor time, a step": f"{1e3 * measured.work / len(measured.answers):.0f} ms",
    }


def installed() -> str:
    """Return a sentence on the disk space of all that is installed here."""
    sizes: dict[str, float] = {}
    for package in distributions():
        files = map(Path, map(package.locate_file, package.files or []))
        sizes[package.name] = sum(file.stat().st_size for file in files if file.is_file()) / 2**20
    largest = sorted(sizes, key=lambda name: -sizes[name])[:4]
    most = ", ".join(f"{name} {sizes[name]:.0f}" for name in largest)
    return f"What binder/ installs takes {sum(sizes.values()):.0f} MB on disk; the largest: {most}."


def report(classes: list[Class], lesson: str) -> str:
    """Return the table, with how it was measured."""
    alone, most = classes[0], classes[-1]
    ratio = most.p95 / alone.p95
    held = "yes" if ratio <= AIM else "**no**"
    columns = [column(each, alone) for each in classes]
    rows = [[name, *(cells.get(name, "-") for cells in columns)] for name in columns[0]]
    head, *lines = (f"| {' | '.join(row)} |" for row in rows)
    table = "\n".join([head, f"| --- |{' ---: |' * len(classes)}", *lines])
    return f"""# A class on one machine's hub

{machine(None)}, JupyterHub {version("jupyterhub")}.
Load of the machine while the largest class moved its sliders: {most.load:.1f}.

Written by `make classroom`; benchmarks/classroom.py says in its first lines what students do. All come at
once and open lesson {lesson}. When all have run it, each moves a slider for a minute, a step each one to
two seconds. The simulated students, the hub and its proxy run on the same processors.

Memory is the median over students with the lesson run and the slider moved, a server and a kernel, shared
pages in equal shares. "Alone in a container" counts all pages, as nothing is shared there. Processor time is
that of a student's server and kernel: the share of one processor while nothing is done, and for one step.

{table}

{installed()}

The p95 of {most.students} students is {ratio:.1f} times that of one (bar {AIM}: {held}).
Each student also followed the class's link a second time, after the teacher and the student had both
changed the lesson: both changes were there. A student who asked for a neighbour's files, and somebody
without a token, were refused. Else there would be a failure.
"""


if __name__ == "__main__":
    main()
