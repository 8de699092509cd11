"""Secrets in SSM: set, listed, compared, pulled, taken away."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.toll import toll

from sameroom.errors import AccessDenied, OutputError, SettingsError
from sameroom.operate import secrets
from sameroom.operate.secrets_missing import missing
from sameroom.project.dotenv import parse


def test_a_secret_is_encrypted_tagged_and_set_anew_in_its_place(stand: Stand) -> None:
    cloud, stack = stand.cloud(), fresh_name("kept")
    assert secrets.put(cloud, stack, "shop", "TOKEN", "one").version == 1
    assert secrets.put(cloud, stack, "shop", "TOKEN", "zwölf ✓").version == 2
    (parameter,) = cloud.call(
        "ssm",
        "describe_parameters",
        ParameterFilters=[{"Key": "Name", "Values": [f"/sameroom/{stack}/TOKEN"]}],
    )["Parameters"]
    assert parameter["Type"] == "SecureString"
    tags = cloud.call(
        "ssm", "list_tags_for_resource", ResourceType="Parameter", ResourceId=f"/sameroom/{stack}/TOKEN"
    )["TagList"]
    assert {"Key": "sameroom:project", "Value": "shop"} in tags
    assert secrets.values(cloud, stack) == {"TOKEN": "zwölf ✓"}


def test_secrets_of_another_stage_are_not_this_ones(stand: Stand) -> None:
    cloud, stack = stand.cloud(), fresh_name("kept")
    secrets.put(cloud, f"{stack}-prod", "shop", "TOKEN", "prod's")
    secrets.put(cloud, stack, "shop", "URL", "x")
    assert [one.name for one in secrets.listed(cloud, stack)] == ["URL"]
    assert missing(cloud, stack, ["TOKEN", "URL"]) == ("TOKEN",)


def test_what_is_missing_is_asked_ten_at_a_time_and_not_decrypted(stand: Stand) -> None:
    stack = fresh_name("kept")
    names = [f"NAME_{number:02}" for number in range(23)]
    secrets.put(stand.cloud(), stack, "shop", names[7], "x")
    with toll(stand.endpoint) as gate:
        assert missing(gate.cloud(), stack, names) == tuple(name for name in names if name != names[7])
        assert gate.calls == [("ssm", "GetParameters")] * 3
    assert missing(stand.cloud(), stack, ()) == ()


def test_declared_is_held_against_set() -> None:
    there = (secrets.Secret("A", "", "", 1), secrets.Secret("B", "", "", 1))
    found = secrets.difference(["A", "C"], there)
    assert (found.missing, found.undeclared, found.both) == (("C",), ("B",), ("A",))


def test_beyond_4_kb_a_secret_is_advanced_and_beyond_8_kb_it_is_refused(stand: Stand) -> None:
    cloud, stack = stand.cloud(), fresh_name("kept")
    assert not secrets.put(cloud, stack, "shop", "A", "x" * 4096).advanced
    assert secrets.put(cloud, stack, "shop", "B", "é" * 2049).advanced
    with pytest.raises(SettingsError, match="C is 8193 bytes") as caught:
        secrets.put(cloud, stack, "shop", "C", "x" * 8193)
    assert "x" * 8193 not in str(caught.value)
    assert [one.advanced for one in secrets.listed(cloud, stack)] == [False, True]


@pytest.mark.parametrize("name", ["", "1ST", "A-B", "A/B", "ÜBER", "A B", "A" * 129])
def test_a_name_that_no_variable_can_have_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be called"):
        secrets.guard(name, "x")


def test_an_empty_value_is_refused_with_the_way_to_take_it_away() -> None:
    with pytest.raises(SettingsError) as caught:
        secrets.guard("TOKEN", "")
    assert "sameroom secrets unset TOKEN" in caught.value.next


def test_taking_away_says_what_was_there(stand: Stand) -> None:
    cloud, stack = stand.cloud(), fresh_name("kept")
    for name in ("A", "B"):
        secrets.put(cloud, stack, "shop", name, "x")
    assert secrets.unset(cloud, stack, ["B", "NEVER"]) == ("B",)
    assert [one.name for one in secrets.listed(cloud, stack)] == ["A"]


VALUES = {
    "PLAIN": "postgres://u:p@h/db?x=1#frag",
    "QUOTES": 'it\'s "both" $HOME \\n',
    "LINES": "-----BEGIN-----\nabc\n-----END-----",
    "SINGLE_LINES": "it's\ntwo",
    "BEYOND_ASCII": "pässwörd ✓",
    "SPACES": "  around  ",
}


def test_pulled_secrets_are_read_back_as_they_were(tmp_path: Path) -> None:
    target = secrets.keep(tmp_path, "", VALUES)
    assert parse(target.read_text(encoding="utf-8")) == VALUES


def test_pulled_secrets_are_their_owners_alone_and_git_does_not_see_them(tmp_path: Path) -> None:
    (tmp_path / ".sameroom").mkdir()
    (tmp_path / ".sameroom" / "secrets.prod.env").write_text("old")
    (tmp_path / ".sameroom" / "secrets.prod.env").chmod(0o644)
    target = secrets.keep(tmp_path, "prod", {"A": "x"})
    assert target == tmp_path / ".sameroom" / "secrets.prod.env"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "*" in (tmp_path / ".sameroom" / ".gitignore").read_text().split("\n")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / ".sameroom").write_text("a file")
    with pytest.raises(OutputError, match="could not be written"):
        secrets.keep(tmp_path, "", {"A": "x"})


def test_lines_of_standard_input_are_names_and_values() -> None:
    text = "# a comment\n\nA=1\nexport B = 'two words' \nC=a=b#c\nD=\"x\"\n"
    assert list(secrets.assignments(text)) == [("A", "1"), ("B", "two words"), ("C", "a=b#c"), ("D", "x")]


def test_a_line_that_is_none_is_counted_and_never_shown() -> None:
    with pytest.raises(SettingsError, match="Line 2") as caught:
        list(secrets.assignments("A=1\nhunter2\n"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "operation", ["PutParameter", "DescribeParameters", "DeleteParameters", "GetParametersByPath"]
)
def test_a_denied_call_is_named_and_no_value_is(stand: Stand, operation: str) -> None:
    stack = fresh_name("kept")
    with toll(stand.endpoint) as gate:
        gate.refuse("ssm", operation, "AccessDeniedException")
        cloud = gate.cloud(tries=1)
        calls = {
            "PutParameter": lambda: secrets.put(cloud, stack, "shop", "TOKEN", "hunter2"),
            "DescribeParameters": lambda: secrets.listed(cloud, stack),
            "DeleteParameters": lambda: secrets.unset(cloud, stack, ["A"]),
            "GetParametersByPath": lambda: secrets.values(cloud, stack),
        }
        with pytest.raises(AccessDenied, match=f"ssm:{operation}") as caught:
            calls[operation]()  # type: ignore[no-untyped-call]
    assert "hunter2" not in str(caught.value)
