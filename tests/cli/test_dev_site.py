"""``sameroom dev`` of a project with a site, as people start it; hot reload is in examples/portfolio."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from fakes.dev_process import dev, gone, sameroom
from fakes.front_end import server_command

APP = """
from flask import Flask, abort
app = Flask(__name__)

@app.get("/api/hello")
def hello():
    return {"said": "hello"}

@app.get("/api/forbidden")
def forbidden():
    abort(403)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    web = tmp_path / "web" / "dist"
    web.mkdir(parents=True)
    (web / "index.html").write_text("the page")
    (web / "app.js").write_text("alert(1)")
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "app.py").write_text(APP)
    settings(tmp_path)
    return tmp_path


def settings(folder: Path, more: str = "") -> None:
    (folder / "pyproject.toml").write_text(f'[tool.sameroom.site]\nfolder = "web/dist"\n{more}\n')


def test_the_page_and_the_app_are_at_one_address_and_files_have_no_line_of_their_own(project: Path) -> None:
    with dev(project) as running:
        assert running.get("/").text == "the page"
        assert running.get("/app.js").text == "alert(1)"
        assert running.get("/api/hello").json() == {"said": "hello"}
        assert running.get("/gone.js").status_code == 404
        assert running.get("/api/forbidden").status_code == 404
        running.wait_for(r"403 GET +/api/forbidden.*\n.*visitors get 404\.html in its place")
        assert "site      files of web/dist (pages; the app has /api/*)" in running.output
        running.wait_for(r"404 GET +/gone\.js")
        assert "/app.js" not in running.output


def test_every_file_has_a_line_where_that_is_asked_for(project: Path) -> None:
    with dev(project, "--files") as running:
        running.get("/app.js")
        running.wait_for(r"200 GET +/app\.js")
    assert "--plain serves the app alone" in sameroom(project, "dev", "--plain", "--files").stderr


def test_a_changed_file_of_the_front_end_loads_no_app_and_a_changed_app_does(project: Path) -> None:
    with dev(project) as running:
        running.wait_for("ready in")
        (project / "web" / "dist" / "app.js").write_text("alert(2)")
        (project / "web" / "main.ts").write_text("new")
        assert running.get("/app.js").text == "alert(2)"
        time.sleep(0.6)
        (project / "app.py").write_text(APP.replace('"hello"}', '"again"}'))
        running.wait_for(r"app\.py changed, reloaded")
        assert running.get("/api/hello").json() == {"said": "again"}
        assert running.output.count("reloaded") == 1


def test_the_front_ends_own_server_begins_and_ends_with_us(project: Path) -> None:
    settings(project, f'dev = "{server_command(project)}"')
    with dev(project) as running:
        assert running.get("/src/main.ts").json()["path"] == "/src/main.ts"
        running.wait_for("site │ front end at")
        running.wait_for("front end ready in")
        family = running.family()
        running.end(signal.SIGKILL)
    assert gone(family)


def test_a_single_page_app_with_cors_and_a_stage_is_served_at_the_root(project: Path) -> None:
    settings(project, 'spa = true\n[tool.sameroom.cors]\nallow_origins = ["https://other.example"]')
    with dev(project, "--door", "rest-api", "--stage", "prod") as running:
        assert running.get("/cart/7").text == "the page"
        assert running.get("/api/hello").json() == {"said": "hello"}
        assert running.get("/prod/api/hello").json() == {"said": "hello"}
