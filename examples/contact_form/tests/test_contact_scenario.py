"""From the form to the dashboard and out again through every way in: the answers are right, and equal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fakes.ways", reason="runs with sameroom's own tests")

from fakes.scenario import Form, Step, assert_equal, play
from fakes.ways import WAYS, Room, deployed

if TYPE_CHECKING:
    from fakes.cloud import Stand

FOLDER = Path(__file__).parent.parent

PASSWORD = "open sesame"
HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JARRED = Form(
    first_name="Jarred", last_name="Thomas", email="jarred@connectingthedotscorp.com", message="From cURL"
)
ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "Ada@Engines.org",
    "message": "Grüße, 世界 👋🏽\nSecond line",
    "company": "Analytical Engines",
    "phone_number": "+44 (0)20 7946-0000",
    "job_title": None,
}
ORIGIN = "https://www.connectingthedotscorp.com"
FOREIGN = {"Origin": "https://evil.example"}
OURS = {"Origin": ORIGIN}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FIRST = re.compile(r'/dashboard/enquiries/([^"]+)"><bdi>Ada')
ENQUIRY_ID = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{12}")
#: What differs from run to run, and what changes with the time.
DIFFERS = (ENQUIRY_ID,)
PASSES = (
    re.compile(r'(?<=name="csrf_token" value=")[^"]+'),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d+ \w{3} \d{4}, \d\d:\d\d"),
)
PLEASE = "Please fill this in."

SUBMITTING = [
    Step("home", "GET", "/", says=("<h1>You have the dots.", 'href="/contact"'), has=HTML),
    Step("the form", "GET", "/contact", says=('action="/submit_contact"', 'for="email"'), has=HTML),
    Step(
        "the article's curl",
        "POST",
        "/submit_contact",
        sends=JARRED,
        says=('"status":"success"', '"message":"Form submitted successfully!"'),
        has={**JSON, "vary": "Accept, Origin"},
    ),
    Step(
        "the article's Postman",
        "POST",
        "/submit_contact",
        400,
        sends=Form(
            Name="Jarred", Email="jarred@connectingthedotscorp.com", Message="Testing Flask WSGI setup"
        ),
        answers={
            "status": "error",
            "message": "Not a field of this form: Name, Email, Message. The fields are first_name, "
            "last_name, email, phone_number, company, job_title, message. "
            "These cannot be taken: first_name, last_name, email, message.",
            "errors": {"first_name": PLEASE, "last_name": PLEASE, "email": PLEASE, "message": PLEASE},
        },
    ),
    Step("as JSON", "POST", "/submit_contact", sends=ADA, says=('"status":"success"',)),
    Step("from a browser", "POST", "/submit_contact", 303, JARRED, PAGE, has={"location": "/contact/thanks"}),
    Step("the thanks", "GET", "/contact/thanks", says=("Thank you",)),
    Step(
        "a browser's faults, and what was typed",
        "POST",
        "/submit_contact",
        400,
        Form(first_name="<b>Bob</b>", last_name="", email="bob@", message="  "),
        PAGE,
        says=("Not sent yet", "&lt;b&gt;Bob&lt;/b&gt;", 'value="bob@"', PLEASE, 'aria-invalid="true"'),
        hides=("<b>Bob",),
        has=HTML,
    ),
    Step(
        "a number is no text",
        "POST",
        "/submit_contact",
        400,
        {**ADA, "phone_number": 12},
        answers={
            "status": "error",
            "message": "These fields cannot be taken: phone_number.",
            "errors": {"phone_number": "This is a number; it has to be text, in quotes."},
        },
    ),
    Step("no UTF-8", "POST", "/submit_contact", 400, b'{"first_name": "\xff"}', JSON, says=("byte 16",)),
    Step("no form", "POST", "/submit_contact", 415, b"hello", {"Content-Type": "text/plain"}),
    Step("too much", "POST", "/submit_contact", 413, Form(JARRED, message="x" * 70_000), says=("64 KB",)),
    Step(
        "a preflight",
        "OPTIONS",
        "/submit_contact",
        headers={**OURS, "Access-Control-Request-Method": "POST"},
        has={
            "access-control-allow-origin": ORIGIN,
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": "Content-Type, Idempotency-Key",
            "access-control-max-age": "600",
            "access-control-allow-credentials": "",
        },
    ),
    Step(
        "another's preflight",
        "OPTIONS",
        "/submit_contact",
        headers={**FOREIGN, "Access-Control-Request-Method": "POST"},
        has={"access-control-allow-origin": "", "access-control-allow-methods": "", "vary": "Accept, Origin"},
    ),
    Step(
        "an answer for our site",
        "POST",
        "/submit_contact",
        400,
        {},
        OURS,
        has={"access-control-allow-origin": ORIGIN},
    ),
]
MANAGING = [
    Step(
        "the dashboard is closed",
        "GET",
        "/dashboard",
        303,
        has={"location": "/dashboard/login", "cache-control": "no-store"},
    ),
    Step("sign in", "GET", "/dashboard/login", says=("Password",), keeps={"token": TOKEN}),
    Step(
        "no token", "POST", "/dashboard/login", 400, Form(password=PASSWORD), PAGE, says=("reload the page",)
    ),
    Step(
        "wrong",
        "POST",
        "/dashboard/login",
        400,
        Form(password="wrong", csrf_token="<token>"),
        PAGE,
        says=("not the password",),
    ),
    Step(
        "right",
        "POST",
        "/dashboard/login",
        303,
        Form(password=PASSWORD, csrf_token="<token>"),
        has={
            "location": "/dashboard",
            "set-cookie": "dots=...; Expires=...; Secure; HttpOnly; Path=/; SameSite=Lax",
        },
    ),
    Step(
        "figures and the list",
        "GET",
        "/dashboard",
        says=("<dt>Received</dt><dd>3</dd>", "<dt>Handled</dt><dd>0</dd>", "Analytical Engines", "世界"),
        keeps={"id": FIRST, "token": TOKEN},
        has={"cache-control": "no-store"},
    ),
    Step(
        "one",
        "GET",
        "/dashboard/enquiries/<id>",
        says=("Ada@engines.org", "+44 (0)20 7946-0000", "Second line"),
    ),
    Step("no token", "POST", "/dashboard/enquiries/<id>/state", 400, Form(state="handled"), PAGE),
    Step(
        "handled",
        "POST",
        "/dashboard/enquiries/<id>/state",
        303,
        Form(state="handled", csrf_token="<token>"),
        has={"location": "/dashboard/enquiries/<id>"},
    ),
    Step("it is said once", "GET", "/dashboard/enquiries/<id>", says=("Marked as handled.", "badge handled")),
    Step(
        "those handled",
        "GET",
        "/dashboard?state=handled",
        says=("<dd>1</dd>", "Ada"),
        hides=("Jarred Thomas",),
    ),
    Step("a search", "POST", "/dashboard/search", 303, Form(search="jarred CURL", csrf_token="<token>")),
    Step("is remembered", "GET", "/dashboard", says=("<q>jarred CURL</q>", "Jarred"), hides=("Analytical",)),
    Step("and ended", "POST", "/dashboard/search", 303, Form(search="", csrf_token="<token>")),
    Step(
        "a file",
        "GET",
        "/dashboard/enquiries.csv",
        says=("received,state,first_name", ",handled,Ada,Lovelace,Ada@engines.org,'+44 (0)20"),
        has={
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": "attachment; filename=enquiries.csv",
        },
    ),
    Step("days the wrong way round", "GET", "/dashboard/enquiries.csv?from=2026-02-02&to=2026-01-01", 400),
    Step("no day", "GET", "/dashboard/enquiries.csv?from=2026-02-31", 400, says=("2026-11-21",)),
    Step("is it meant?", "GET", "/dashboard/enquiries/<id>/delete", says=("cannot be brought back",)),
    Step("deleted", "POST", "/dashboard/enquiries/<id>/delete", 303, Form(csrf_token="<token>")),
    Step("gone", "GET", "/dashboard/enquiries/<id>", 404, headers=PAGE),
    Step("no such id", "GET", "/dashboard/enquiries/20261399T000000000000Z-000000000000", 404, headers=PAGE),
    Step("no such place", "GET", "/dashboard?before=x", 404, headers=PAGE),
    Step("signed out", "POST", "/dashboard/logout", 303, Form(csrf_token="<token>")),
    Step("closed again", "GET", "/dashboard/enquiries.csv", 303, has={"location": "/dashboard/login"}),
]
ERRORS = [
    Step("no such page", "GET", "/nowhere", 404, headers=PAGE, says=("There is nothing here",), has=HTML),
    Step("to a program", "GET", "/nowhere", 404, headers={"Accept": "application/json"}, has=JSON),
    Step("another method", "GET", "/submit_contact", 405, headers=PAGE, has={"allow": "OPTIONS, POST"}),
]
STEPS = [*SUBMITTING, *MANAGING, *ERRORS]
#: The stand answers OPTIONS itself, and passes on no bytes that are no UTF-8.
THROUGH_THE_STAND = [step for step in STEPS if step.method != "OPTIONS" and "UTF-8" not in step.what]


def with_origin(room: Room) -> Room:
    return room._replace(environment={**room.environment, "ALLOWED_ORIGINS": ORIGIN})


@pytest.mark.parametrize("name", [name for name in WAYS if name != "flask"])
def test_every_way_in_gives_flasks_answers(name: str, make_room: Callable[[], Room]) -> None:
    with WAYS["flask"](with_origin(make_room())) as flask, WAYS[name](with_origin(make_room())) as call:
        assert_equal(play(STEPS, call, DIFFERS, PASSES), play(STEPS, flask, DIFFERS, PASSES))


@pytest.mark.slow
def test_the_deployed_app_gives_flasks_answers(
    stand: Stand, make_room: Callable[[], Room], tmp_path: Path
) -> None:
    # Its site would be in front of it, at CloudFront, which the stand cannot serve.
    folder = tmp_path / "contact_form"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
    settings = folder / "pyproject.toml"
    before, _, after = settings.read_text().partition("[tool.sameroom.site]")
    settings.write_text((before + "[" + after.partition("\n[")[2]).replace("trusted_hops = 1\n", ""))
    room = Room(folder, "contact_form:create_app", {"ALLOWED_ORIGINS": ORIGIN})
    secrets = {"SECRET_KEY": "a key for tests", "ADMIN_PASSWORD": PASSWORD}
    with WAYS["flask"](with_origin(make_room())) as flask:
        expected = play(THROUGH_THE_STAND, flask, DIFFERS, PASSES)
    with deployed(room, stand, tmp_path / "work", secrets=secrets) as call:
        assert_equal(play(THROUGH_THE_STAND, call, DIFFERS, PASSES), expected)
