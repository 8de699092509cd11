"""An image: the base's layers, the artifact's tree on top, our loop as what is run; and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from fakes.images import ARM, ENVIRONMENT, TREE, X86, built, made, whole_folder, zipped
from fakes.layouts import DOCKERS, PYTHON, Flavour, Layout, seen

from sameroom.artifact.image import DATE, date_of, write_image
from sameroom.artifact.image.layers import TASK
from sameroom.artifact.target import Target
from sameroom.errors import ImageError


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return zipped(tmp_path / "app.zip", TREE, executable="app.py")


@pytest.fixture
def base(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "base").add()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_the_layer_on_top_holds_the_very_files_of_the_zip(archive: Path, base: Layout, out: Path) -> None:
    made(archive, base, out)
    top = seen(out).layers[-1]
    files = {name.removeprefix("var/task/"): data for name, (member, data) in top.items() if member.isfile()}
    assert files == TREE
    assert all(member.isfile() or member.isdir() for member, _ in top.values())


def test_folders_come_before_what_is_in_them_and_all_is_roots_with_fixed_dates_and_modes(
    archive: Path, base: Layout, out: Path
) -> None:
    made(archive, base, out)
    top = seen(out).layers[-1]
    names = list(top)
    assert names[:2] == ["var", "var/task"]
    for name, (member, _) in top.items():
        folder = name.rpartition("/")[0]
        assert not folder or names.index(folder) < names.index(name)
        assert (member.uid, member.gid, member.mtime) == (0, 0, 315532800)
        assert member.mode == (0o755 if member.isdir() or name == "var/task/app.py" else 0o644)


def test_the_bases_layers_are_its_own_bytes_and_the_base_is_not_touched(
    archive: Path, base: Layout, out: Path
) -> None:
    before = whole_folder(base.folder)
    made(archive, base, out)
    assert whole_folder(base.folder) == before
    below = seen(base.folder).manifest["layers"]
    assert seen(out).manifest["layers"][:-1] == below
    for layer in below:
        name = f"blobs/sha256/{layer['digest'].partition(':')[2]}"
        assert (out / name).read_bytes() == (base.folder / name).read_bytes()
        assert not (out / name).samefile(base.folder / name)


def test_the_configuration_is_the_bases_with_our_loop_as_what_is_run(
    archive: Path, tmp_path: Path, out: Path
) -> None:
    base = Layout(tmp_path / "base").add(
        config={
            "Env": ["PATH=/opt/bin:/usr/bin", "SAMEROOM_APP=of the base", "TZ=UTC"],
            "Entrypoint": ["/lambda-entrypoint.sh"],
            "Labels": {"who": "somebody"},
            "User": "1000",
        },
        docker_version="28.0",
        variant="v2",
    )
    told = made(archive, base, out)
    config = seen(out).config
    assert config["config"] == {
        "Env": [
            *("PATH=/opt/bin:/usr/bin", "SAMEROOM_APP=app:app", "TZ=UTC"),
            "LAMBDA_TASK_ROOT=/var/task",
        ],
        "Entrypoint": ["/usr/local/bin/python3.13", "-m", "sameroom.runtime.loop"],
        "Labels": {"who": "somebody"},
        "User": "1000",
        "WorkingDir": "/var/task",
    }
    assert (config["architecture"], config["os"], config["created"]) == (
        "amd64",
        "linux",
        "1980-01-01T00:00:00Z",
    )
    assert "docker_version" not in config
    assert [entry["created_by"] for entry in config["history"]] == ["layer 0", "sameroom build --image"]
    manifest = seen(out).manifest
    assert manifest["annotations"]["org.opencontainers.image.base.digest"] == base.entries[0]["digest"]
    (entry,) = json.loads((out / "index.json").read_bytes())["manifests"]
    assert entry["annotations"]["org.opencontainers.image.ref.name"] == "latest"
    assert entry["platform"] == {"architecture": "amd64", "os": "linux", "variant": "v2"}
    assert (told.digest, told.python, told.path) == (entry["digest"], "/usr/local/bin/python3.13", out)
    assert told.size == sum(layer["size"] for layer in manifest["layers"])


def test_the_same_zip_and_base_make_the_same_digest_wherever_they_lie(
    archive: Path, base: Layout, tmp_path: Path
) -> None:
    first = made(archive, base, tmp_path / "one")
    shutil.copytree(base.folder, tmp_path / "elsewhere")
    shutil.copy(archive, tmp_path / "copy.zip")
    old = os.umask(0o077)
    try:
        second = made(tmp_path / "copy.zip", str(tmp_path / "elsewhere"), tmp_path / "two")
    finally:
        os.umask(old)
    assert first.digest == second.digest
    assert whole_folder(tmp_path / "one") == whole_folder(tmp_path / "two")


def test_dockers_media_types_become_ocis(archive: Path, tmp_path: Path, out: Path) -> None:
    made(archive, Layout(tmp_path / "base", DOCKERS).add(), out)
    types = [layer["mediaType"] for layer in seen(out).manifest["layers"]]
    assert types == ["application/vnd.oci.image.layer.v1.tar+gzip"] * 2


def test_a_layer_that_is_not_compressed_stays_so(archive: Path, tmp_path: Path, out: Path) -> None:
    plain = Flavour(layer="application/vnd.oci.image.layer.v1.tar")
    made(archive, Layout(tmp_path / "base", plain).add(), out)
    assert seen(out).manifest["layers"][0]["mediaType"] == plain.layer


@pytest.mark.parametrize(("target", "architecture"), [(X86, "amd64"), (ARM, "arm64")])
@pytest.mark.parametrize("nested", [False, True])
def test_of_several_platforms_the_targets_is_taken(
    archive: Path, tmp_path: Path, target: Target, architecture: str, nested: bool
) -> None:
    base = Layout(tmp_path / "base").add(architecture="amd64").add(architecture="arm64")
    if nested:
        base.nest()
    made(archive, base, tmp_path / "out", target)
    assert seen(tmp_path / "out").config["architecture"] == architecture


def test_a_tag_chooses_among_images_also_when_they_are_nested(archive: Path, tmp_path: Path) -> None:
    old = Layout(tmp_path / "base").add(tag="old", config={"Labels": {"is": "old"}})
    old.nest("old").add(tag="new", config={"Labels": {"is": "new"}})
    for tag in ("old", "new"):
        made(archive, f"{tmp_path}/base:{tag}", tmp_path / tag)
        assert seen(tmp_path / tag).config["config"]["Labels"] == {"is": tag}


def test_files_that_the_base_has_in_the_functions_folder_are_hidden(
    archive: Path, tmp_path: Path, out: Path
) -> None:
    made(archive, Layout(tmp_path / "base").add([{**PYTHON, "var/task/stray.py": b"1"}]), out)
    names = list(seen(out).layers[-1])
    assert names.index("var/task/.wh..wh..opq") < names.index("var/task/app.py")


def test_an_image_of_ours_is_replaced_and_an_empty_folder_taken(
    archive: Path, base: Layout, out: Path, tmp_path: Path
) -> None:
    out.mkdir()
    first = made(archive, base, out)
    second = made(zipped(tmp_path / "new.zip", {"app.py": b"new"}), base, out)
    assert first.digest != second.digest
    assert seen(out).layers[-1]["var/task/app.py"][1] == b"new"
    assert sorted(os.listdir(tmp_path)) == ["app.zip", "base", "new.zip", "out"]


def test_the_date_is_source_date_epochs_where_it_is_set(archive: Path, base: Layout, out: Path) -> None:
    assert date_of({}) == date_of({"SOURCE_DATE_EPOCH": ""}) == DATE
    date = date_of({"SOURCE_DATE_EPOCH": "1700000000"})
    write_image(built(archive), str(base.folder), out, ENVIRONMENT, date)
    assert seen(out).config["created"] == "2023-11-14T22:13:20Z"
    assert seen(out).layers[-1]["var/task/app.py"][0].mtime == 1700000000
    with pytest.raises(ImageError, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        date_of({"SOURCE_DATE_EPOCH": "yesterday"})


# As others read it


@pytest.fixture
def skopeo() -> str:
    found = shutil.which("skopeo")
    if found is None:
        pytest.skip("skopeo is not installed")
    return found


def test_skopeo_inspects_and_copies_the_image(
    archive: Path, base: Layout, out: Path, tmp_path: Path, skopeo: str
) -> None:
    told = made(archive, base, out)

    def run(*arguments: str) -> str:
        ended = subprocess.run(
            [skopeo, "--insecure-policy", *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    about = json.loads(run("inspect", f"oci:{out}:latest"))
    assert (about["Digest"], about["Architecture"], about["Os"]) == (told.digest, "amd64", "linux")
    assert f"LAMBDA_TASK_ROOT={TASK}" in about["Env"]
    assert len(about["Layers"]) == 2
    run("copy", f"oci:{out}:latest", f"oci:{tmp_path / 'copied'}:latest")
    assert seen(tmp_path / "copied").manifest == seen(out).manifest
    run("copy", f"oci:{out}:latest", f"docker-archive:{tmp_path / 'docker.tar'}:app:latest")
    assert (tmp_path / "docker.tar").stat().st_size > 0
    # A base that another tool has written.
    run("copy", f"docker-archive:{tmp_path / 'docker.tar'}", f"oci:{tmp_path / 'again'}:app")
    made(archive, f"{tmp_path / 'again'}:app", tmp_path / "second")
    assert json.loads(run("inspect", f"oci:{tmp_path / 'second'}:latest"))["Architecture"] == "amd64"
    run("copy", "--format", "v2s2", f"oci:{out}:latest", f"dir:{tmp_path / 'v2s2'}")
