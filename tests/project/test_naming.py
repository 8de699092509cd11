"""What a project and its stacks are called on AWS."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.errors import SettingsError
from sameroom.project import Settings
from sameroom.project.naming import project_name, stack_name

LETTERS = "abcXYZ0123456789-"


def project(parent: Path, folder: str, text: str = "") -> Path:
    made = parent / folder
    made.mkdir()
    (made / "pyproject.toml").write_text(text)
    return made


def test_the_settings_name_comes_before_the_projects_and_the_folders(tmp_path: Path) -> None:
    folder = project(tmp_path, "backend", '[project]\nname = "my_shop.api"\n')
    assert project_name(folder, Settings(name="corner-shop")) == "corner-shop"
    assert project_name(folder, Settings()) == "my-shop-api"
    assert project_name(project(tmp_path, "notes app"), Settings()) == "notes-app"


@pytest.mark.parametrize(
    "text", ["[project]\nversion = '1'\n", "[project]\nname = 3\n", "project = 1\n", "="]
)
def test_a_project_table_that_says_no_name_leaves_it_to_the_folder(tmp_path: Path, text: str) -> None:
    assert project_name(project(tmp_path, "shop", text), Settings()) == "shop"


def test_no_pyproject_at_all_leaves_it_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert project_name(tmp_path / "shop", Settings()) == "shop"


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("bücher", 'name = "b-cher"'),
        ("книги", 'name = "shop"'),
        ("2048", 'name = "shop"'),
        ("3d-shop", 'name = "d-shop"'),
        ("x" * 65, f'name = "{"x" * 64}"'),
    ],
)
def test_a_name_that_aws_cannot_use_is_refused_with_one_that_it_can(
    tmp_path: Path, name: str, suggested: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        project_name(project(tmp_path, name), Settings())
    assert repr(name) in caught.value.what
    assert "ASCII" in caught.value.why
    assert suggested in caught.value.next


def test_a_stage_stands_after_a_hyphen() -> None:
    assert stack_name("shop", "") == "shop"
    assert stack_name("shop", "$default") == "shop"
    assert stack_name("shop", "prod") == "shop-prod"
    assert stack_name("shop", "pull_12") == "shop-pull-12"


@pytest.mark.parametrize("stage", ["bücher", "prod/eu", "a b", "x" * 64, "_-_"])
def test_a_stage_that_cannot_be_part_of_a_stacks_name_is_refused(stage: str) -> None:
    with pytest.raises(SettingsError) as caught:
        stack_name("shop", stage)
    assert repr(stage) in caught.value.what
    assert "--stage prod" in caught.value.next


@given(
    st.text(LETTERS, min_size=1, max_size=64),
    st.from_regex(r"([A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)?", fullmatch=True),
)
def test_every_stacks_name_is_one_that_cloudformation_takes(name: str, stage: str) -> None:
    made = stack_name("s" + name[1:].strip("-"), stage)
    assert len(made) <= 128
    assert made.isascii()
    assert made.replace("-", "").isalnum()


def test_stages_that_are_alike_but_for_marks_share_a_stack_and_no_others_do() -> None:
    assert stack_name("shop", "a_b") == stack_name("shop", "a-b")
    assert stack_name("shop", "ab") != stack_name("shop", "a-b")
