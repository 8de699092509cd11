"""One scenario through every way in: the answers are right, and equal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The ways in are sameroom's own tests'; a copy of this example has none.
pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

import knmi_stub
from fakes.scenario import Seen, Step, assert_equal, play
from fakes.ways import WAYS, Room, deployed

if TYPE_CHECKING:
    from fakes.cloud import Stand

FOLDER = Path(__file__).parent.parent
HTML = {"content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'..."}
TEXT = {"content-type": "text/plain; charset=utf-8"}
PROBLEM = {"content-type": "application/problem+json", "cache-control": "no-store"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/json"}
MARCH = "/rug?from=2023-03-01&to=2023-03-21"
GAPS = "/rug?from=2023-04-01&to=2023-04-07"
TWICE = "two formats"
SLOW = "KNMI is slow"
#: A page's tag goes by its bytes, and behind a stage its links are others.
TAG = re.compile(r'"[0-9a-f]{40}"')

#: What says today or a year that passes is not in it: two plays may be on two sides of midnight.
STEPS = [
    Step("the form", "HEAD", "/", headers=BROWSER, answers=b""),
    Step("as text", "GET", MARCH, says=("| 2023-03-01 |   -4.1°C | dark blue   |",), has=TEXT),
    Step("as a page", "GET", MARCH, headers=BROWSER, says=("<svg", "2023-03-21", "cream"), has=HTML),
    Step("as CSV", "GET", f"{MARCH}&order=newest&format=csv", has={"content-disposition": "attachment..."}),
    Step("as JSON", "GET", "/rug?from=2023-03-01&to=20230301", headers=JSON, says=('"min":-4.1',)),
    Step("gaps in the table", "GET", GAPS, says=("| 2023-04-05 |        - | no row      |",)),
    Step("gaps in the page", "GET", GAPS, headers=BROWSER, says=("5 days are not whole", "url(#missing)")),
    Step("gaps in JSON", "GET", f"{GAPS}&format=json", says=('"missing":"no minimum"',)),
    Step("the tag", "GET", MARCH, has={"cache-control": "public, max-age=86400"}, keeps={"tag": "etag"}),
    Step("nothing new", "GET", MARCH, 304, headers={"If-None-Match": "<tag>"}),
    Step(
        "other colours",
        "GET",
        f"{MARCH}&bands=-2.5:donkerblauw:1f3b7a,10:cr%C3%A8me:f4e6c1,:rood:cf3e36",
        says=("| 2023-03-01 |   -4.1°C | donkerblauw |    7.1°C | crème       |",),
    ),
    Step(
        "the form is sent",
        "GET",
        "/choose?from=2023-03-01&to=2023-03-21&station=260&order=oldest"
        "&below1=6&name1=koud&colour1=%23112233&below2=&name2=warm&colour2=%23ddeeff",
        303,
        keeps={"there": "location"},
        has={"location": "/rug?from=2023-03-01&to=2023-03-21&station=260&bands=6:koud:112233,:warm:ddeeff"},
    ),
    Step("where it leads", "GET", "<there>", headers=BROWSER, says=("De Bilt", "koud")),
    Step("the wrong way round", "GET", "/rug?from=2023-03-21&to=2023-03-01", 400, says=("swap the two",)),
    Step("no dates", "GET", "/rug?from=2023-02-31&to=%D9%A2", 400, headers=JSON, has=PROBLEM),
    Step("the future", "GET", "/rug?from=2023-03-01&to=9999-12-31", 400, says=("in the future",)),
    Step("too many days", "GET", "/rug?from=1950-01-01&to=2023-01-01", 400, says=("at most 1,096",)),
    Step("no such station", "GET", f"{MARCH}&station=999", 400, says=("KNMI has no station '999'",)),
    Step(TWICE, "GET", f"{MARCH}&format=csv&format=json", 400, says=("it is given twice",)),
    Step("a failure", "GET", f"{MARCH}&station=209", 502, headers=JSON, has=PROBLEM, says=("status 500",)),
    Step("no data", "GET", f"{MARCH}&station=225", 502, headers=BROWSER, says=("a web page",)),
    Step(SLOW, "GET", f"{MARCH}&station=257", 504, has={"retry-after": "1"}),
    Step("half an answer", "GET", f"{MARCH}&station=249", 502, says=("broke off its answer",)),
    Step("no rows", "GET", f"{MARCH}&station=242", says=("| 2023-03-01 |        - | no row      |",)),
    Step("and well again", "GET", "/rug?from=2023-05-01&to=2023-05-02", says=("240 Schiphol",)),
    Step("the stations", "GET", "/stations", says=('{"number":235,"name":"De Kooy"}',)),
    Step("no such address", "GET", "/nowhere", 404, headers=BROWSER, has=HTML, says=("Nothing here",)),
    Step("no such method", "POST", MARCH, 405, headers=JSON, has={**PROBLEM, "allow": "GET, HEAD, OPTIONS"}),
    Step("the stylesheet", "GET", "/static/style.css", has={"content-type": "text/css; charset=utf-8"}),
]


@contextmanager
def room(tmp_path: Path) -> Iterator[Room]:
    """The app beside a KNMI of its own."""
    with knmi_stub.running() as stub:
        told = {"KNMI_URL": stub.url, "KNMI_SECONDS": "1", "KNMI_REST": "0"}
        yield Room(FOLDER, "temperatures:create_app", {**told, "TEMPERATURES_CACHE": str(tmp_path / "cache")})


@pytest.fixture(scope="module")
def flask(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """The answers of Flask's own client."""
    with room(tmp_path_factory.mktemp("flask")) as here, WAYS["flask"](here) as call:
        return play(STEPS, call, [TAG])


def asked(what: str, name: str) -> bool:
    """Whether a step is taken through a way in."""
    # A load balancer without multi-value headers hands on the last of repeated parameters alone.
    if what == TWICE:
        return name != "alb"
    # The same second is waited for twice, not a dozen times.
    return what != SLOW or name in ("gunicorn", "http-api")


@pytest.mark.parametrize("name", [name for name in WAYS if name != "flask"])
def test_every_way_in_gives_flasks_answers(name: str, flask: list[Seen], tmp_path: Path) -> None:
    with room(tmp_path) as here, WAYS[name](here) as call:
        seen = play([step for step in STEPS if asked(step.what, name)], call, [TAG])
    assert_equal(seen, [one for one in flask if asked(one.what, name)])


@pytest.mark.slow
@pytest.mark.parametrize("door", ["http-api", "function-url"])
def test_the_deployed_app_gives_flasks_answers(
    door: str, flask: list[Seen], stand: Stand, tmp_path: Path
) -> None:
    with room(tmp_path) as here, deployed(here, stand, tmp_path, door) as call:
        assert_equal(play(STEPS, call, [TAG]), flask)
