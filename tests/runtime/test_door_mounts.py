"""SCRIPT_NAME: what lies in front of the app, from the event where AWS says, by one setting where not."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from fakes.doors import WAYS, Ask, event
from fakes.serving import environ_of, environ_of_event

from sameroom.runtime.settings import read


class Mounted(NamedTuple):
    """What an app should see of a request."""

    mount: str
    path: str
    raw_uri: str


def seen(environ: dict[str, Any]) -> Mounted:
    return Mounted(environ["SCRIPT_NAME"], environ["PATH_INFO"], environ["RAW_URI"])


OURS = "api.example.com"
OWN = Ask(stage="dev")
CUSTOM = Ask(host=OURS)
CUSTOM_STAGE = Ask(host=OURS, stage="dev")
BASE = Ask(host=OURS, base="/b")
BASE_STAGE = Ask(host=OURS, base="/b", stage="dev")

# Where the client comes in and what it asks for there: SCRIPT_NAME, PATH_INFO and RAW_URI.
# https://github.com/localstack/localstack/pull/12296 has the four cases of a REST API.
REST = {
    "own domain": (OWN, "/x", "/dev", "/x", "/dev/x"),
    "own domain, root": (OWN, "/", "/dev", "/", "/dev/"),
    "own domain, trailing slash": (OWN, "/x/", "/dev", "/x/", "/dev/x/"),
    "own domain, escapes": (OWN, "/a%20b%2Fc", "/dev", "/a b/c", "/dev/a%20b%2Fc"),
    "own domain, slashes": (OWN, "//x", "/dev", "/x", "/dev//x"),
    "own domain, slashes alone": (OWN, "//", "/dev", "/", "/dev//"),
    "own domain, the stage's name again": (OWN, "/dev/x", "/dev", "/dev/x", "/dev/dev/x"),
    "own domain, a longer name": (OWN, "/develop", "/dev", "/develop", "/dev/develop"),
    "no base, fixed stage": (CUSTOM, "/x", "", "/x", "/x"),
    "no base, fixed stage, root": (CUSTOM, "/", "", "/", "/"),
    "no base, free stage": (CUSTOM_STAGE, "/x", "/dev", "/x", "/dev/x"),
    "no base, free stage, root": (CUSTOM_STAGE, "/", "/dev", "/", "/dev/"),
    "base, free stage": (BASE_STAGE, "/x", "/b/dev", "/x", "/b/dev/x"),
    "base, fixed stage": (BASE, "/x", "/b", "/x", "/b/x"),
    "base, root": (BASE, "/", "/b", "/", "/b/"),
    "base, trailing slash": (BASE, "/x/", "/b", "/x/", "/b/x/"),
    "base, its name again": (BASE, "/b/x", "/b", "/b/x", "/b/b/x"),
    "base, its name again and no more": (BASE, "/b", "/b", "/b", "/b/b"),
    "base, a longer name": (BASE, "/beta", "/b", "/beta", "/b/beta"),
    "base, escapes": (BASE, "/caf%C3%A9%20x", "/b", "/caf\xc3\xa9 x", "/b/caf%C3%A9%20x"),
    "base, slashes inside": (BASE, "/x//y/", "/b", "/x//y/", "/b/x//y/"),
    "base of two parts": (CUSTOM._replace(base="/b/v1"), "/x", "/b/v1", "/x", "/b/v1/x"),
}


@pytest.mark.parametrize("case", REST)
def test_a_rest_apis_mount_is_what_stands_before_the_matched_resource(case: str) -> None:
    ask, path, *expected = REST[case]
    assert seen(environ_of("rest-api", ask._replace(path=path))) == tuple(expected)


# path, requestContext.path, resource, pathParameters
RESOURCES: list[tuple[str, str, str, dict[str, str] | None, Mounted]] = [
    ("/pets/7", "/dev/pets/7", "/pets/{id}", {"id": "7"}, Mounted("/dev", "/pets/7", "/dev/pets/7")),
    ("/b/pets/7", "/b/pets/7", "/pets/{id}", {"id": "7"}, Mounted("/b", "/pets/7", "/b/pets/7")),
    ("/b/api/a/b", "/b/api/a/b", "/api/{rest+}", {"rest": "a/b"}, Mounted("/b", "/api/a/b", "/b/api/a/b")),
    ("/b/pets", "/b/pets", "/pets", None, Mounted("/b", "/pets", "/b/pets")),
    ("/b", "/b", "/", None, Mounted("/b", "", "/b")),
    ("/b/", "/b/", "/", None, Mounted("/b", "/", "/b/")),
    ("/", "/dev", "/", None, Mounted("/dev", "/", "/dev")),
    # A parameter may come decoded; what it was typed as still counts.
    ("/b/a%20b", "/b/a%20b", "/{proxy+}", {"proxy": "a b"}, Mounted("/b", "/a b", "/b/a%20b")),
    # Nothing fits: then nothing is taken away.
    ("/x/y", "/x/y", "/z/{id}", {"id": "1"}, Mounted("", "/x/y", "/x/y")),
    ("/bx", "/bx", "/x", None, Mounted("", "/bx", "/bx")),
]


@pytest.mark.parametrize(("path", "whole", "resource", "parameters", "expected"), RESOURCES)
def test_a_rest_apis_resource_template_shows_where_the_mount_ends(
    path: str, whole: str, resource: str, parameters: dict[str, str] | None, expected: Mounted
) -> None:
    sent = event("rest-api", Ask()) | {"path": path, "resource": resource, "pathParameters": parameters}
    sent["requestContext"]["path"] = whole
    assert seen(environ_of_event(sent)) == expected


def test_a_rest_event_that_says_nothing_of_its_resource_has_no_mount() -> None:
    environ = environ_of_event({"httpMethod": "GET", "path": "/x", "requestContext": {}})
    assert seen(environ) == Mounted("", "/x", "/x")


HTTP = {
    "default stage": (Ask(), "/x", "", "/x", "/x"),
    "own domain": (OWN, "/x", "/dev", "/x", "/dev/x"),
    "own domain, root": (OWN, "/", "/dev", "/", "/dev/"),
    "own domain, trailing slash": (OWN, "/x/", "/dev", "/x/", "/dev/x/"),
    "own domain, the stage's name again": (OWN, "/dev/x", "/dev", "/dev/x", "/dev/dev/x"),
    "own domain, a longer name": (OWN, "/develop", "/dev", "/develop", "/dev/develop"),
    "own domain, escapes": (OWN, "/caf%C3%A9", "/dev", "/caf\xc3\xa9", "/dev/caf%C3%A9"),
    "custom domain": (CUSTOM, "/x", "", "/x", "/x"),
    # AWS puts the stage in front of the path here too, where no client has typed it.
    "custom domain, stage": (CUSTOM_STAGE, "/x", "", "/x", "/x"),
    "custom domain, stage, root": (CUSTOM_STAGE, "/", "", "/", "/"),
    "custom domain, the stage's name again": (CUSTOM_STAGE, "/dev/x", "", "/dev/x", "/dev/x"),
    "custom domain, a longer name": (CUSTOM_STAGE, "/develop", "", "/develop", "/develop"),
}


@pytest.mark.parametrize("way", ["http-api", "http-api-v1"])
@pytest.mark.parametrize("case", HTTP)
def test_an_http_apis_stage_is_the_mount_where_clients_type_it(way: str, case: str) -> None:
    ask, path, *expected = HTTP[case]
    assert seen(environ_of(way, ask._replace(path=path))) == tuple(expected)


@pytest.mark.parametrize("way", ["http-api", "http-api-v1"])
@pytest.mark.parametrize(
    ("path", "host", "expected"),
    [
        ("/dev", "", Mounted("/dev", "", "/dev")),
        ("/dev", OURS, Mounted("", "/", "/")),
        # No stage in front, whatever the reason: then nothing is taken off, and never half a segment.
        ("/develop", "", Mounted("", "/develop", "/develop")),
        ("/x", "", Mounted("", "/x", "/x")),
    ],
)
def test_a_stage_is_taken_off_whole_segments_alone(way: str, path: str, host: str, expected: Mounted) -> None:
    sent = event(way, Ask(stage="dev", host=host))
    sent["rawPath" if way == "http-api" else "path"] = sent["requestContext"]["path"] = path
    assert seen(environ_of_event(sent)) == expected


MAPPED = {
    "key": (BASE, "/x", "/b", "/x", "/b/x"),
    "key, root": (BASE, "/", "/b", "/", "/b/"),
    "key, trailing slash": (BASE, "/x/", "/b", "/x/", "/b/x/"),
    "key, its name again": (BASE, "/b/x", "/b", "/b/x", "/b/b/x"),
    "key, stage": (BASE_STAGE, "/x", "/b", "/x", "/b/x"),
    "key, text": (BASE, "/caf%C3%A9", "/b", "/caf\xc3\xa9", "/b/caf%C3%A9"),
    "key of two parts": (CUSTOM._replace(base="/b/v1"), "/x", "/b/v1", "/x", "/b/v1/x"),
}


@pytest.mark.parametrize("case", MAPPED)
def test_a_mapping_key_shows_in_payload_1_and_is_the_mount(case: str) -> None:
    ask, path, *expected = MAPPED[case]
    assert seen(environ_of("http-api-v1", ask._replace(path=path))) == tuple(expected)


def test_a_mapping_key_does_not_show_in_payload_2_and_has_to_be_set() -> None:
    ask = Ask(path="/x", host=OURS, base="/v1")
    assert environ_of("http-api", ask)["SCRIPT_NAME"] == ""
    environ = environ_of("http-api", ask, script_name="/v1")
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/v1", "/x")


@pytest.mark.parametrize("way", ["function-url", "alb", "alb-multi-value", "lattice", "lattice-v1"])
@pytest.mark.parametrize("path", ["/", "/dev/x", "/x/"])
def test_doors_without_stages_have_no_mount(way: str, path: str) -> None:
    assert seen(environ_of(way, Ask(path=path))) == Mounted("", path, path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/v1/x", Mounted("/v1", "/x", "/v1/x")),
        ("/v1/", Mounted("/v1", "/", "/v1/")),
        ("/v1", Mounted("/v1", "", "/v1")),
        ("/v1/v1/x", Mounted("/v1", "/v1/x", "/v1/v1/x")),
        ("/v1/caf%C3%A9", Mounted("/v1", "/caf\xc3\xa9", "/v1/caf%C3%A9")),
    ],
)
def test_a_mount_set_by_hand_is_taken_off_the_path_on_every_door(
    way: str, typed: str, expected: Mounted
) -> None:
    assert seen(environ_of(way, Ask(path=typed), script_name="/v1")) == expected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("typed", ["/v1x", "/v10/x", "/x/v1", "/"])
def test_a_mount_set_by_hand_is_taken_off_whole_segments_alone(way: str, typed: str) -> None:
    """A proxy in front may have taken it off already; it is still where clients see the app."""
    environ = environ_of(way, Ask(path=typed), script_name="/v1")
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/v1", typed)


STAGED = ("http-api", "http-api-v1", "rest-api")


@pytest.mark.parametrize("way", STAGED)
@pytest.mark.parametrize(
    ("path", "setting", "mount", "below"),
    [
        ("/x", "/v1", "/v1", "/x"),
        ("/v1/x", "/v1", "/v1", "/x"),
        ("/x", "/dev", "/dev", "/x"),
        ("/dev/x", "/dev", "/dev", "/dev/x"),
        ("/v1/x", "/dev/v1", "/dev/v1", "/x"),
    ],
)
def test_a_mount_set_by_hand_wins_over_the_stage(
    way: str, path: str, setting: str, mount: str, below: str
) -> None:
    environ = environ_of(way, Ask(path=path, stage="dev"), script_name=setting)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (mount, below)


@pytest.mark.parametrize("said", ["/v1", "v1", "/v1/", "//v1//"])
def test_the_setting_may_be_written_with_or_without_slashes(said: str) -> None:
    assert read({"SAMEROOM_SCRIPT_NAME": said}).script_name == "/v1"


@pytest.mark.parametrize("said", ["", "/"])
def test_the_root_is_no_mount(said: str) -> None:
    assert read({"SAMEROOM_SCRIPT_NAME": said}).script_name == ""
