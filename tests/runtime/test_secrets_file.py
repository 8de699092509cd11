"""Secrets on a laptop: variables, then the project's own file."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.runtime.errors import SecretMissing
from sameroom.runtime.secrets_file import SecretsFile, nearest, parse


def written(folder: Path, text: str) -> Path:
    """``secrets.env`` of the project in ``folder``."""
    path = folder / ".sameroom" / "secrets.env"
    path.parent.mkdir(exist_ok=True)
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_variable_goes_before_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "TOKEN='from the file'\nURL='döner ✓'\n")
    secrets = SecretsFile(str(path), ["TOKEN", "URL"], {"TOKEN": "from the shell"})
    assert secrets.values(["TOKEN", "URL"]) == {"TOKEN": "from the shell", "URL": "döner ✓"}


def test_an_empty_value_is_none_as_parameter_store_has_no_such(tmp_path: Path) -> None:
    path = written(tmp_path, "TOKEN='from the file'\nURL=\n")
    secrets = SecretsFile(str(path), None, {"TOKEN": "", "URL": ""})
    assert secrets.value("TOKEN") == "from the file"
    assert secrets.declared == ("TOKEN",)
    with pytest.raises(SecretMissing, match="No value on this machine: URL"):
        secrets.values(["TOKEN", "URL"])


def test_a_secret_that_is_set_meanwhile_is_seen_at_once(tmp_path: Path) -> None:
    path = tmp_path / ".sameroom" / "secrets.env"
    secrets = SecretsFile(str(path), ["TOKEN"], {})
    with pytest.raises(SecretMissing):
        secrets.value("TOKEN")
    written(tmp_path, "TOKEN='one'\n")
    assert secrets.value("TOKEN") == "one"
    other = written(tmp_path, "TOKEN='two'\n")
    os.utime(other, ns=(1, 1))
    assert secrets.value("TOKEN") == "two"
    path.unlink()
    with pytest.raises(SecretMissing):
        secrets.value("TOKEN")


def test_all_that_are_missing_are_named_with_what_to_type(tmp_path: Path) -> None:
    path = written(tmp_path, "TOKEN='hunter2'\n")
    secrets = SecretsFile(str(path), ["KEY", "TOKEN", "URL"], {})
    with pytest.raises(SecretMissing) as caught:
        secrets.values(secrets.declared)
    assert caught.value.names == ("KEY", "URL")
    assert str(caught.value) == (
        f"No value on this machine: KEY, URL. Set it in {path}: sameroom secrets set --local KEY, "
        "sameroom secrets set --local URL"
    )
    staged = SecretsFile(str(path.with_name("secrets.prod.env")), ["URL"], {})
    with pytest.raises(SecretMissing, match="sameroom secrets set --local --stage prod URL"):
        staged.value("URL")
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in shown.stack if frame.filename != __file__]
    assert "hunter2" not in "".join(str(frame.locals) for frame in frames)
    assert "hunter2" not in repr(secrets)


def test_what_aws_would_refuse_is_refused_here(tmp_path: Path) -> None:
    path = written(tmp_path, "TOKEN='hunter2'\n")
    with pytest.raises(SecretMissing, match=r"Not declared: TOKEN\. On AWS the function could not read it"):
        SecretsFile(str(path), [], {}).value("TOKEN")
    # Where nobody told what is declared, as with `flask run`, the file is all there is to go by.
    told_nothing = SecretsFile(str(path), None, {})
    assert told_nothing.declared == ("TOKEN",)
    assert told_nothing.value("TOKEN") == "hunter2"


def test_a_file_that_others_may_read_is_used_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "TOKEN='hunter2'\n")
    path.chmod(0o644)
    secrets = SecretsFile(str(path), ["TOKEN"], {})
    assert [secrets.value("TOKEN") for _ in range(2)] == ["hunter2"] * 2
    assert caplog.messages == [f"Others on this machine may read {path}: chmod 600 {path}"]


def test_a_file_that_cannot_be_read_is_as_good_as_none_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "secrets.env").mkdir()
    with pytest.raises(SecretMissing):
        SecretsFile(str(tmp_path / "secrets.env"), ["TOKEN"], {}).value("TOKEN")
    assert "cannot be read: Is a directory" in caplog.text


def test_the_file_is_that_of_the_project_one_is_in(tmp_path: Path) -> None:
    path = written(tmp_path, "A='1'\n")
    deep = tmp_path / "src" / "shop"
    deep.mkdir(parents=True)
    assert nearest(str(deep)) == str(path)
    (tmp_path / "src" / "pyproject.toml").touch()
    assert nearest(str(deep)) == str(tmp_path / "src" / ".sameroom" / "secrets.env")


_values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,5}", fullmatch=True), _values, max_size=5))
def test_every_value_that_the_command_writes_is_read_as_it_was(found: dict[str, str]) -> None:
    kept = pytest.importorskip("sameroom.operate.secrets")
    text = "# A comment.\n" + "".join(f"{name}={kept.quoted(value)}\n" for name, value in found.items())
    assert parse(text) == found


def test_lines_of_ones_own_are_read_with_or_without_quotes() -> None:
    text = "# no\nA=plain text\n\nB=\"two\\nlines\"\nC='$literal\\n'\nD=\n  not a line\n"
    assert parse(text) == {"A": "plain text", "B": "two\nlines", "C": "$literal\\n", "D": ""}
