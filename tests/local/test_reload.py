"""Changes of the project's files: told once, and only those that matter."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sameroom.local.reload import Changed, Changes

Told = asyncio.Queue[tuple[float, Changed]]


def watching(folder: Path, play: Callable[[Told], Awaitable[None]]) -> None:
    """Run ``play`` while everything that ``Changes`` tells about ``folder`` goes into its queue."""

    async def listen(told: Told) -> None:
        async with Changes(folder) as watching:
            async for changed in watching:
                told.put_nowait((time.perf_counter(), changed))

    async def both() -> None:
        told: Told = asyncio.Queue()
        task = asyncio.create_task(listen(told))
        await asyncio.sleep(0.15)
        try:
            await asyncio.wait_for(play(told), 20)
        finally:
            task.cancel()
            await asyncio.wait([task])

    asyncio.run(both())


async def next_change(told: Told) -> Changed:
    _, changed = await asyncio.wait_for(told.get(), 3)
    return changed


async def nothing_more(told: Told, seconds: float = 0.3) -> None:
    await asyncio.sleep(seconds)
    assert told.empty()


def test_a_saved_file_is_told_once_and_soon(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("1")

    async def play(told: Told) -> None:
        start = time.perf_counter()
        (tmp_path / "app.py").write_text("2")
        when, changed = await told.get()
        assert changed == Changed(("app.py",))
        assert when - start < 0.5
        await nothing_more(told)

    watching(tmp_path, play)


def test_an_editors_many_steps_are_one_change(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("1")

    async def play(told: Told) -> None:
        (tmp_path / ".app.py.swp").write_text("x")
        (tmp_path / "4913").write_text("")
        (tmp_path / "4913").unlink()
        file.rename(tmp_path / "app.py~")
        file.write_text("2")
        file.chmod(0o600)
        (tmp_path / "app.py~").unlink()
        assert await next_change(told) == Changed(("app.py",))
        await nothing_more(told)

    watching(tmp_path, play)


def test_many_files_at_once_are_one_change(tmp_path: Path) -> None:
    async def play(told: Told) -> None:
        for number in range(20):
            (tmp_path / f"m{number:02}.py").write_text("x")
        changed = await next_change(told)
        assert len(changed.paths) == 20
        assert changed.describe() == "m00.py and 19 more"
        await nothing_more(told)

    watching(tmp_path, play)


@pytest.mark.parametrize(
    "name",
    [
        "__pycache__/app.cpython-311.pyc",
        ".git/index",
        ".venv/lib/x.py",
        "own-env/lib/x.py",
        "node_modules/x/index.js",
        ".sameroom/aws/state/dynamodb.json",
        "x.egg-info/PKG-INFO",
        "instance/app.db",
        "instance/app.db-journal",
        "app.log",
        ".DS_Store",
        ".coverage",
    ],
)
def test_what_tools_write_is_passed_over(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.startswith("own-env"):
        (tmp_path / "own-env" / "pyvenv.cfg").touch()

    async def play(told: Told) -> None:
        path.write_text("x")
        path.write_text("y")
        path.unlink()
        await nothing_more(told, 0.2)

    watching(tmp_path, play)


@pytest.mark.parametrize(
    "name", ["templates/a.html", "data/list.json", ".env", ".flaskenv", "pyproject.toml"]
)
def test_any_other_file_matters(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)

    async def play(told: Told) -> None:
        path.write_text("x")
        assert await next_change(told) == Changed((name,))

    watching(tmp_path, play)


def test_a_new_folder_is_watched_from_its_first_file_on(tmp_path: Path) -> None:
    async def play(told: Told) -> None:
        package = tmp_path / "shop" / "deep"
        package.mkdir(parents=True)
        (package / "a.py").write_text("1")
        assert "shop/deep/a.py" in (await next_change(told)).paths
        await nothing_more(told, 0.1)
        (package / "b.py").write_text("1")
        assert await next_change(told) == Changed(("shop/deep/b.py",))

    watching(tmp_path, play)


def test_removed_and_renamed_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "b.py").write_text("1")

    async def play(told: Told) -> None:
        (tmp_path / "a.py").unlink()
        assert await next_change(told) == Changed(("a.py",))
        (tmp_path / "b.py").rename(tmp_path / "c.py")
        assert await next_change(told) == Changed(("b.py", "c.py"))

    watching(tmp_path, play)


def test_changes_while_the_listener_is_busy_come_as_one(tmp_path: Path) -> None:
    async def both() -> None:
        async with Changes(tmp_path) as watching:
            (tmp_path / "a.py").write_text("1")
            assert await asyncio.wait_for(anext(watching), 3) == Changed(("a.py",))
            (tmp_path / "b.py").write_text("1")
            await asyncio.sleep(0.1)
            (tmp_path / "c.py").write_text("1")
            await asyncio.sleep(0.1)
            assert await asyncio.wait_for(anext(watching), 3) == Changed(("b.py", "c.py"))

    asyncio.run(both())


def test_files_that_git_ignores_are_passed_over_but_not_modules(tmp_path: Path) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True, env=environment)
    (tmp_path / ".gitignore").write_text("out/\n*.css\nlocal.py\n")
    (tmp_path / "out").mkdir()

    async def play(told: Told) -> None:
        (tmp_path / "out" / "a.html").write_text("x")
        (tmp_path / "a.css").write_text("x")
        await nothing_more(told, 0.2)
        (tmp_path / "local.py").write_text("x")
        assert await next_change(told) == Changed(("local.py",))

    watching(tmp_path, play)


def test_a_large_node_modules_is_not_watched_at_all(tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / "web" / "node_modules" / f"p{number}").mkdir(parents=True)

    async def play(told: Told) -> None:
        for number in range(0, 2000, 10):
            (tmp_path / "web" / "node_modules" / f"p{number}" / "index.js").write_text("x")
        (tmp_path / "web" / "page.html").write_text("x")
        assert await next_change(told) == Changed(("web/page.html",))

    watching(tmp_path, play)


NO_DESCRIPTORS_LEFT = """
import asyncio, contextlib, os, resource, sys
from pathlib import Path
from sameroom.local.reload import Changes

async def enter():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    with contextlib.suppress(OSError):
        while True:
            os.open(os.devnull, os.O_RDONLY)
    async with Changes(Path(sys.argv[1])):
        pass

asyncio.run(enter())
"""


def test_a_system_that_does_not_let_us_watch_is_told(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", NO_DESCRIPTORS_LEFT, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "SameroomError: The project's files cannot be watched" in ended.stderr
    assert "Too many open files" in ended.stderr
