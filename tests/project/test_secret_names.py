"""What a secret can be called in the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sameroom.errors import SettingsError
from sameroom.project import settings


def declared(folder: Path, name: str) -> tuple[str, ...]:
    (folder / "pyproject.toml").write_text(f"[tool.sameroom]\nsecrets = [{json.dumps(name)}]\n", "utf-8")
    return settings.fold(settings.read(folder), {}, stage="").secrets


@pytest.mark.parametrize("name", ["STRIPE_KEY", "_x", "a", "DATABASE_URL_2", "A" * 128])
def test_a_variables_name_is_a_secrets_name(tmp_path: Path, name: str) -> None:
    assert declared(tmp_path, name) == (name,)


@pytest.mark.parametrize(
    "name", ["", "A-B", "9A", "A B", "Ä", "A/B", "A" * 129, "AWS_REGION", "AWS_SECRET_ACCESS_KEY"]
)
def test_what_no_variable_can_be_called_no_secret_can(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        declared(tmp_path, name)
    assert "secrets.0 is" in str(refused.value)
    assert "none of the variables that Lambda sets itself" in str(refused.value)
