"""The pages as a static site: what is frozen, and how it works on a stand of AWS, seen in a browser."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.cloudfront import in_front
from fakes.deploying import Typed
from fakes.ways import at_stand, door_url

from sameroom import journey
from sameroom.cli.deploy_screen import DeployScreen
from sameroom.operate.secrets import put
from sameroom.project import Choices, Project, load
from sameroom.project.naming import stack_name

if TYPE_CHECKING:
    from fakes.cloud import Stand
    from flask import Flask
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent.parent
PASSWORD = "open sesame"


def project() -> Project:
    return load(FOLDER, Choices())


def test_the_frozen_pages_are_the_apps_own_and_need_no_secret(app: Flask, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    command = [sys.executable, "-m", "contact_form.freeze", str(tmp_path / "site")]
    for _ in range(2):
        said = subprocess.run(
            command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=60
        )
        assert said.returncode == 0, said.stderr
    client = app.test_client()
    for path, file in (("/", "index.html"), ("/contact/thanks", "contact/thanks/index.html")):
        page = client.get(path).text
        frozen = (tmp_path / "site" / file).read_text()
        assert (
            frozen.partition("<main")[2].replace('="/contact/"', '="/contact"') == page.partition("<main")[2]
        )
    form = (tmp_path / "site" / "contact" / "index.html").read_text()
    assert 'action="/submit_contact"' in form
    assert 'name="form_token" value=""' in form
    assert "?v=" not in form
    assert "There is nothing here" in (tmp_path / "site" / "404.html").read_text()
    assert (tmp_path / "site" / "static" / "contact.js").is_file()


def test_a_folder_with_other_things_is_not_emptied_and_an_api_is_an_origin(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("dear")
    for more, says in (
        ((str(tmp_path),), "holds no site"),
        (("--api", "api.example.com"), "It is an origin"),
    ):
        said = subprocess.run(
            [sys.executable, "-m", "contact_form.freeze", *more],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert said.returncode != 0
        assert says in said.stderr
    assert (tmp_path / "mine.txt").read_text() == "dear"


def test_the_files_on_s3_have_the_apps_own_policy_and_every_route_has_its_place(app: Flask) -> None:
    site = project().settings.site
    assert site is not None
    answer = app.test_client().get("/")
    assert site.content_security_policy == answer.headers["Content-Security-Policy"]
    frozen = {"/", "/contact", "/contact/thanks", "/static/<path:filename>"}
    for rule in app.url_map.iter_rules():
        asked = any(fnmatch(rule.rule, pattern) for pattern in site.api)
        assert asked != (rule.rule in frozen), rule.rule


@contextmanager
def released(stand: Stand, work: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The example deployed with its site, and the address of both."""
    folder = work / "contact_form"
    shutil.copytree(
        FOLDER, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "site", "__pycache__")
    )
    typed = Typed(folder, stand.environ())
    patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    cloud = stand.cloud()
    for name, value in (("SECRET_KEY", "a key for tests"), ("ADMIN_PASSWORD", PASSWORD)):
        put(cloud, stack_name(typed.name, ""), typed.name, name, value)
    screen = DeployScreen(io.StringIO())
    done = journey.deploy(folder, journey.Asked(), lambda region: stand.cloud(), journey.Manner(), screen)
    site = project().settings.site
    assert site is not None
    call = at_stand(stand, door_url(stand, typed.name, done.outputs))
    with in_front(stand, done.outputs["SiteBucket"], site, call) as url:
        yield url


@pytest.mark.slow
def test_the_deployed_site_takes_an_enquiry_and_the_dashboard_shows_it(
    stand: Stand, tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with released(stand, tmp_path, monkeypatch) as url:
        for scripts in (True, False):
            context = browser.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
            page = context.new_page()
            refused: list[str] = []
            page.on("console", lambda said: refused.append(said.text))  # noqa: B023
            page.goto(f"{url}/")
            page.click("text=Ask us anything")
            page.wait_for_url(f"{url}/contact/")
            for name, text in (("first_name", "Ada"), ("last_name", f"Scripts {scripts}"), ("message", "Hi")):
                page.fill(f"#{name}", text)
            page.fill("#email", "ada@engines.org")
            page.click("button[type=submit]")
            page.wait_for_selector("text=Thank you, your message is with us.")
            assert scripts or page.url == f"{url}/contact/thanks/"
            page.goto(f"{url}/dashboard")
            page.fill("#password", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_selector(".tiles")
            assert f"Ada Scripts {scripts}" in page.inner_text(".enquiries")
            assert (
                page.evaluate("getComputedStyle(document.querySelector('.tiles')).display") == "grid"
                if scripts
                else True
            )
            assert refused == []
            context.close()
        page = browser.new_page()
        answer = page.goto(f"{url}/nowhere/")
        assert answer is not None
        assert answer.status == 404
        assert "There is nothing here" in page.inner_text("main")
        page.close()


@pytest.mark.slow
def test_nothing_is_found_that_would_break_on_lambda(tmp_path: Path, stand: Stand) -> None:
    folder = tmp_path / "contact_form"
    shutil.copytree(
        FOLDER, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "site", "__pycache__")
    )
    said = Typed(folder, stand.environ())("check", "--strict")
    assert said.status == 0, said.out + said.err
