"""The project's own files: which travel, and which must not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sameroom.artifact.members import Loose
from sameroom.artifact.sources import Sources, runtime, sources
from sameroom.errors import SourceRefused
from sameroom.project import Choices, load

KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAvW0JqHq3bT9xYk2P8Lr5cN7uZs4eFdG6\n" * 8


def project(folder: Path, files: dict[str, str], settings: str = "") -> Sources:
    for path, text in {"wsgi.py": "app = None\n", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    if settings:
        (folder / "pyproject.toml").write_text(f"[tool.sameroom]\n{settings}\n")
    return sources(load(folder, Choices(), {}))


def paths(found: Sources) -> set[str]:
    return {member.path for member in found.members}


def test_the_apps_files_travel_and_what_is_for_development_stays(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        {
            "app/templates/index.html": "<p>",
            "app/tests/data.py": "",  # the app's own affair
            "tests/test_app.py": "",
            ".env": "A=1",
            ".venv/pyvenv.cfg": "",
            "env/pyvenv.cfg": "",
            "node_modules/x/index.js": "",
            "app/__pycache__/a.cpython-311.pyc": "",
            "uv.lock": "",
            "requirements.txt": "",
            "Dockerfile": "",
            "app.egg-info/PKG-INFO": "",
        },
    )
    assert paths(found) == {"wsgi.py", "app/templates/index.html", "app/tests/data.py"}
    reasons = {removed.path: removed.reason for removed in found.removed}
    assert reasons["tests/"] == "the project's tests"
    assert reasons["env/"] == "a virtual environment"
    assert reasons["uv.lock"] == "a lock"
    assert all(reasons.values())


def test_what_git_ignores_stays(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.db\n/front/\n!kept.db\n",
        "a.db": "",
        "kept.db": "",
        "front/index.html": "",
        "app/front/index.html": "",
        "app/.gitignore": "*.log\n",
        "app/x.log": "",
        "x.log": "",
    }
    assert paths(project(tmp_path, files)) == {"wsgi.py", "kept.db", "app/front/index.html", "x.log"}


def test_a_gitignore_above_the_project_counts_up_to_the_repositorys_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.local\n")
    (tmp_path.parent / ".gitignore").write_text("*.py\n")
    try:
        assert paths(project(tmp_path / "service", {"a.local": "", "b.txt": ""})) == {"wsgi.py", "b.txt"}
    finally:
        (tmp_path.parent / ".gitignore").unlink()


def test_include_brings_back_what_would_stay(tmp_path: Path) -> None:
    files = {
        ".gitignore": "/static/dist/\n",
        "static/dist/app.js": "",
        "node_modules/htmx/dist/htmx.js": "",
        "node_modules/other/index.js": "",
        ".well-known/security.txt": "",
    }
    said = 'include = ["static/dist/", "node_modules/htmx/**", ".well-known/"]'
    assert paths(project(tmp_path, files, said)) - {"pyproject.toml"} == {
        "wsgi.py",
        "static/dist/app.js",
        "node_modules/htmx/dist/htmx.js",
        ".well-known/security.txt",
    }


def test_exclude_leaves_files_at_home_and_says_so(tmp_path: Path) -> None:
    found = project(tmp_path, {"big.csv": "", "docs/a.md": ""}, 'exclude = ["*.csv", "docs/"]')
    assert paths(found) == {"wsgi.py", "pyproject.toml"}
    assert {(removed.path, removed.reason) for removed in found.removed} == {
        ("big.csv", "your exclude pattern"),
        ("docs/", "your exclude pattern"),
    }


def test_with_a_src_folder_the_zip_begins_there(tmp_path: Path) -> None:
    files = {"src/shop/__init__.py": "app = None\n", "README.md": ""}
    assert paths(project(tmp_path, files, 'app = "src/shop/__init__.py"')) == {"shop/__init__.py"}


@pytest.mark.parametrize("where", ["/etc/passwd", "../outside", "wsgi.py", "nowhere"])
def test_a_symbolic_link_is_refused_by_name(tmp_path: Path, where: str) -> None:
    (tmp_path / "link").symlink_to(where)
    with pytest.raises(SourceRefused, match="link is a symbolic link to") as caught:
        project(tmp_path, {})
    assert where in caught.value.what
    assert 'exclude = ["link"]' in caught.value.next


def test_a_linked_folder_is_refused_unless_it_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to("/tmp", target_is_directory=True)
    with pytest.raises(SourceRefused, match="data is a symbolic link"):
        project(tmp_path, {})
    assert paths(project(tmp_path, {}, 'exclude = ["data"]')) == {"wsgi.py", "pyproject.toml"}


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).write_text("")
    except OSError:
        pytest.skip("this file system has no such names")
    with pytest.raises(SourceRefused, match=r"caf\\xe9.txt is not UTF-8"):
        project(tmp_path, {})


def test_a_decomposed_name_is_the_composed_one_in_the_zip(tmp_path: Path) -> None:
    assert "café.txt" in paths(project(tmp_path, {"cafe\u0301.txt": ""}))


def test_a_secret_in_the_tree_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match=r"config/key\.txt holds a secret") as caught:
        project(tmp_path, {"config/key.txt": "# ours\n" + KEY})
    assert "line 2" in caught.value.what
    assert "MIIE" not in str(caught.value)
    assert "config/key.txt" in paths(
        project(tmp_path, {"config/key.txt": KEY}, 'include = ["config/key.txt"]')
    )
    assert "config/key.txt" not in paths(project(tmp_path, {}, 'exclude = ["config/key.txt"]'))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed.txt").write_text("")
    (tmp_path / "closed.txt").chmod(0)
    with pytest.raises(SourceRefused, match=r"closed\.txt cannot be read"):
        project(tmp_path, {})


def test_only_what_the_owner_may_execute_is_executable(tmp_path: Path) -> None:
    for name, mode in {"a.sh": 0o700, "b.sh": 0o755, "c.sh": 0o640, "d.sh": 0o666}.items():
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(mode)
    found = {member.path: member.executable for member in project(tmp_path, {}).members}
    assert found == {"a.sh": True, "b.sh": True, "c.sh": False, "d.sh": False, "wsgi.py": False}


def test_only_the_runtime_and_the_face_of_sameroom_travel() -> None:
    found = {member.path for member in runtime()}
    assert {"sameroom/__init__.py", "sameroom/runtime/handler.py", "sameroom/runtime/doors/alb.py"} <= found
    assert all(path.startswith(("sameroom/runtime/", "sameroom/__init__", "sameroom/py")) for path in found)
    assert not [path for path in found if "__pycache__" in path]
    boots = {member.path for member in runtime() if member.executable}
    assert boots == {"sameroom/runtime/bootstrap"}
    assert all(isinstance(member.content, Loose) for member in runtime())


def test_the_projects_own_version_and_plugins_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "My.Shop"\nversion = "1.2"\n'
        '[project.entry-points."flask.commands"]\nup = "wsgi:up"\n'
    )
    files = {member.path: member.content for member in project(tmp_path, {}).members}
    assert files["my_shop-1.2.dist-info/METADATA"] == Loose(
        b"Metadata-Version: 2.1\nName: My.Shop\nVersion: 1.2\n"
    )
    assert files["my_shop-1.2.dist-info/entry_points.txt"] == Loose(b"[flask.commands]\nup = wsgi:up\n")


def test_a_version_that_setuptools_wrote_is_the_projects(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\ndynamic = ["version"]\n')
    assert not [path for path in paths(project(tmp_path, {})) if "dist-info" in path]
    found = project(tmp_path, {"shop.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: shop\nVersion: 3\n"})
    assert "shop-3.dist-info/METADATA" in paths(found)
