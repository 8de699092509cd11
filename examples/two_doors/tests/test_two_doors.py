"""Every question through every way in: the answers are right, and equal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The ways in are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.scenario import Step, assert_equal, play
from fakes.ways import WAYS, Room, deployed

if TYPE_CHECKING:
    from fakes.cloud import Stand

ROOM = Room(Path(__file__).parent.parent, "two_doors:app")
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
ASK = {"error": "Say which: /some_other_route?param_name=Ada"}

STEPS = [
    Step("the page", "GET", "/", says=("<h1>Welcome</h1>", 'href="/static/style.css"'), has=HTML),
    Step("the page, again", "GET", "/", says=("<h1>Welcome back</h1>",)),
    Step("HEAD of the page", "HEAD", "/", answers=b"", has=HTML, fresh=True),
    Step("the page is no form", "POST", "/", 405, has={"allow": "GET, HEAD, OPTIONS"}),
    Step(
        "JSON",
        "GET",
        "/some_other_route?param_name=Ada",
        answers={"param_name": "Ada", "characters": 3, "backwards": "adA"},
        has=JSON,
    ),
    Step(
        "any script, spaces and a plus",
        "GET",
        "/some_other_route?param_name=Zo%C3%AB+%2B%20%E4%B8%96",
        answers={"param_name": "Zoë + 世", "characters": 7, "backwards": "世 + ëoZ"},
    ),
    Step(
        "the first of two",
        "GET",
        "/some_other_route?param_name=a&param_name=b",
        answers={"param_name": "a", "characters": 1, "backwards": "a"},
    ),
    Step("nothing asked", "GET", "/some_other_route", 400, answers=ASK, has=JSON),
    Step("an empty name", "GET", "/some_other_route?param_name=", 400, answers=ASK),
    Step("spaces alone", "GET", "/some_other_route?param_name=%20%20", 400, answers=ASK),
    Step(
        "100 characters",
        "GET",
        f"/some_other_route?param_name={'a' * 100}",
        answers={"param_name": "a" * 100, "characters": 100, "backwards": "a" * 100},
    ),
    Step(
        "101 characters",
        "GET",
        f"/some_other_route?param_name={'a' * 101}",
        400,
        answers={"error": "param_name has more than 100 characters."},
    ),
    Step("a path has its case", "GET", "/Some_Other_Route?param_name=Ada", 404),
    Step("no such page", "GET", "/nowhere/%3Cb%3E", 404, says=("No such room", "&lt;b&gt;"), has=HTML),
    Step("the stylesheet", "GET", "/static/style.css", has={"content-type": "text/css; charset=utf-8"}),
    Step("the picture", "GET", "/static/door.svg", says=("<svg",), keeps={"etag": "etag"}),
    Step("the picture is known", "GET", "/static/door.svg", 304, headers={"If-None-Match": "<etag>"}),
    Step("nothing above static", "GET", "/static/..%2f__init__.py", 404),
]
#: The stand answers neither by itself nor as API Gateway does: a path that is encoded twice.
THROUGH_THE_STAND = [step for step in STEPS if "%2f" not in step.path]


@pytest.mark.parametrize("name", [name for name in WAYS if name != "flask"])
def test_every_way_in_gives_flasks_answers(name: str) -> None:
    # A load balancer without multi-value headers hands on the last of repeated parameters alone.
    steps = [step for step in STEPS if name != "alb" or "&" not in step.path]
    with WAYS["flask"](ROOM) as flask, WAYS[name](ROOM) as call:
        assert_equal(play(steps, call), play(steps, flask))


@pytest.mark.slow
@pytest.mark.parametrize("door", ["http-api", "function-url"])
def test_the_deployed_app_gives_flasks_answers(door: str, stand: Stand, tmp_path: Path) -> None:
    with WAYS["flask"](ROOM) as flask, deployed(ROOM, stand, tmp_path, door) as call:
        assert_equal(play(THROUGH_THE_STAND, call), play(THROUGH_THE_STAND, flask))


def test_the_app_knows_nothing_of_the_toolkit() -> None:
    sources = [path.read_text() for path in (ROOM.folder / "two_doors").rglob("*.py")]
    assert sources
    assert not any(
        "sameroom" in source or "lambda" in source.lower().replace("aws lambda", "") for source in sources
    )
