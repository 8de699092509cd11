"""SAMEROOM_* variables as the runtime reads them."""

from __future__ import annotations

import pytest

from sameroom import make_handler
from sameroom.runtime.settings import Settings, read


def test_a_function_that_nobody_configured_has_the_defaults() -> None:
    assert read({}) == Settings()
    assert Settings() == Settings(
        script_name="",
        trusted_hops=0,
        binary_media_types=(),
        trust_alb_identity=False,
        access_log=True,
        streaming=False,
    )


def test_variables_that_are_set_to_nothing_are_not_set() -> None:
    names = "SCRIPT_NAME", "TRUSTED_HOPS", "BINARY_MEDIA_TYPES", "TRUST_ALB_IDENTITY", "ACCESS_LOG"
    environ = {f"SAMEROOM_{name}": "" for name in (*names, "RESPONSE_MODE")}
    assert read(environ) == Settings()


def test_every_variable_is_read() -> None:
    assert read(
        {
            "SAMEROOM_SCRIPT_NAME": "/v1",
            "SAMEROOM_TRUSTED_HOPS": "2",
            "SAMEROOM_BINARY_MEDIA_TYPES": "image/*,application/pdf",
            "SAMEROOM_TRUST_ALB_IDENTITY": "1",
            "SAMEROOM_ACCESS_LOG": "off",
            "SAMEROOM_RESPONSE_MODE": "streaming",
        }
    ) == Settings("/v1", 2, ("image/*", "application/pdf"), True, False, True)


@pytest.mark.parametrize(
    ("said", "mount"),
    [("/v1", "/v1"), ("v1", "/v1"), ("/v1/", "/v1"), ("/a/b/", "/a/b"), ("/", ""), ("//", "")],
)
def test_a_mount_begins_with_a_slash_and_ends_without(said: str, mount: str) -> None:
    assert read({"SAMEROOM_SCRIPT_NAME": said}).script_name == mount


@pytest.mark.parametrize(
    ("said", "types"),
    [
        ("*/*", ("*/*",)),
        (" image/PNG , , font/* ", ("image/png", "font/*")),
        (",", ()),
    ],
)
def test_media_types_are_parted_by_commas_in_any_casing(said: str, types: tuple[str, ...]) -> None:
    assert read({"SAMEROOM_BINARY_MEDIA_TYPES": said}).binary_media_types == types


@pytest.mark.parametrize(
    ("said", "on"),
    [(word, True) for word in ("1", "true", "True", "YES", "on")]
    + [(word, False) for word in ("0", "false", "No", "OFF")],
)
def test_a_switch_is_on_or_off_in_the_usual_words(said: str, on: bool) -> None:
    assert read({"SAMEROOM_ACCESS_LOG": said}).access_log is on
    assert read({"SAMEROOM_TRUST_ALB_IDENTITY": said}).trust_alb_identity is on


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SAMEROOM_TRUSTED_HOPS", "-1"),
        ("SAMEROOM_TRUSTED_HOPS", "one"),
        ("SAMEROOM_TRUSTED_HOPS", "1.5"),
        ("SAMEROOM_RESPONSE_MODE", "stream"),
        ("SAMEROOM_ACCESS_LOG", "maybe"),
        ("SAMEROOM_TRUST_ALB_IDENTITY", "2"),
    ],
)
def test_a_value_that_cannot_be_used_is_an_error_that_names_variable_and_value(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"{name}='{said}' is n"):
        read({name: said})


def test_the_processes_own_environment_is_read_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEROOM_TRUSTED_HOPS", "3")
    assert read().trusted_hops == 3


def test_what_make_handler_is_told_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEROOM_TRUSTED_HOPS", "3")
    monkeypatch.setenv("SAMEROOM_SCRIPT_NAME", "/v1")
    settings = make_handler(lambda environ, start: [], trusted_hops=1).settings
    assert (settings.trusted_hops, settings.script_name) == (1, "/v1")


def test_make_handler_names_the_settings_there_are_when_told_one_that_is_none() -> None:
    with pytest.raises(TypeError, match=r"no such setting: hops\. There are: script_name, trusted_hops"):
        make_handler(lambda environ, start: [], hops=1)
