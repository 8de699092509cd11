"""Bases, artifacts and outputs that cannot be used: said so, and nothing is left behind."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections import UserDict
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.images import ARM, ENVIRONMENT, TREE, X86, built, made, whole_folder, zipped
from fakes.layouts import NATIVE, PYTHON, Flavour, Layout, dumped, seen

from sameroom.artifact.image import write_image
from sameroom.artifact.target import Target
from sameroom.errors import ImageError, OutputError


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return zipped(tmp_path / "app.zip", TREE)


@pytest.fixture
def base(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "base").add()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def refused(archive: Path, base: str, out: Path, target: Target = X86) -> str:
    """What it says, having checked that nothing was left behind."""
    before = sorted(os.listdir(out.parent))
    with pytest.raises(ImageError) as caught:
        made(archive, base, out, target)
    assert sorted(os.listdir(out.parent)) == before
    return str(caught.value)


def test_several_images_without_a_tag_are_not_guessed_between(
    archive: Path, tmp_path: Path, out: Path
) -> None:
    base = Layout(tmp_path / "base").add(tag="3.13").add(tag="3.13-slim", config={"User": "1"})
    said = refused(archive, str(base.folder), out)
    assert "has 2 images for linux/amd64" in said
    assert "DIR:3.13, DIR:3.13-slim" in said
    assert "no image" in refused(archive, f"{base.folder}:3.12", out)


def test_a_base_that_is_not_there_is_named_with_a_way_to_get_one(archive: Path, out: Path) -> None:
    said = refused(archive, "no/such:3.13", out)
    assert "no/such" in said
    assert "skopeo copy" in said


def test_what_docker_save_writes_is_not_a_layout(archive: Path, tmp_path: Path, out: Path) -> None:
    saved = tmp_path / "saved.tar"
    saved.write_bytes(b"")
    said = refused(archive, str(saved), out)
    assert "`docker save`" in said
    assert f"skopeo copy docker-archive:{saved} oci:" in said
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "manifest.json").write_text("[]")
    assert "`docker save`" in refused(archive, str(tmp_path / "unpacked"), out)


def test_a_folder_that_is_no_layout_says_what_it_lacks(archive: Path, tmp_path: Path, out: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no oci-layout and no index.json" in refused(archive, str(tmp_path / "empty"), out)
    layout = Layout(tmp_path / "other")
    (layout.folder / "oci-layout").write_text('{"imageLayoutVersion": "2.0.0"}')
    assert "version 2.0.0" in refused(archive, str(layout.folder), out)


def test_a_base_for_another_architecture_names_both(archive: Path, base: Layout, out: Path) -> None:
    said = refused(archive, str(base.folder), out, ARM)
    assert "no image for linux/arm64" in said
    assert "linux/amd64" in said
    assert "--architecture x86_64" in said


def test_a_base_without_the_targets_python_names_those_it_has(
    archive: Path, tmp_path: Path, out: Path
) -> None:
    base = Layout(tmp_path / "base").add([{"usr/bin/python3.11": b"", "usr/bin/python3": "-> python3.11"}])
    said = refused(archive, str(base.folder), out)
    assert "has no Python 3.13" in said
    assert "/usr/bin/python3.11" in said
    assert "no Python at all" in refused(archive, str(Layout(tmp_path / "bare").add([]).folder), out)


def test_a_blob_that_is_missing_or_changed_is_named(archive: Path, base: Layout, out: Path) -> None:
    manifest = seen(base.folder).manifest
    layer, config = manifest["layers"][0]["digest"], manifest["config"]["digest"]
    data = base.blob(layer).read_bytes()
    base.blob(layer).unlink()
    assert f"lacks the layer {layer}" in refused(archive, str(base.folder), out)
    base.blob(layer).write_bytes(data + b"\0")
    assert f"{layer} is not what its name says" in refused(archive, str(base.folder), out)
    base.blob(layer).write_bytes(data[:-20])
    assert f"The layer {layer}" in refused(archive, str(base.folder), out)
    base.blob(layer).write_bytes(data)
    base.blob(config).write_bytes(base.blob(config).read_bytes() + b" ")
    assert f"{config} is not what its name says" in refused(archive, str(base.folder), out)
    base.blob(config).unlink()
    assert f"lacks the blob {config}" in refused(archive, str(base.folder), out)


@pytest.mark.parametrize(
    "index",
    [
        "{",
        "[]",
        "{}",
        '{"manifests": [1]}',
        '{"manifests": [{"mediaType": "a", "size": 1, "digest": "sha256:%s", "annotations": [1]}]}'
        % ("0" * 64),
        '{"manifests": [{"mediaType": "a", "size": 1, "digest": "sha256:../../../etc/passwd"}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_index_is_an_error_of_the_base(archive: Path, base: Layout, out: Path, index: str) -> None:
    (base.folder / "index.json").write_text(index)
    refused(archive, str(base.folder), out)


def test_diff_ids_that_do_not_fit_the_layers_are_noticed(archive: Path, tmp_path: Path, out: Path) -> None:
    wrong = {"type": "layers", "diff_ids": [f"sha256:{'0' * 64}"]}
    base = Layout(tmp_path / "base").add(rootfs=wrong)
    assert "0000 is not what its name says" in refused(archive, str(base.folder), out)
    base = Layout(tmp_path / "more").add(rootfs={"type": "layers", "diff_ids": []})
    assert "rootfs.diff_ids" in refused(archive, str(base.folder), out)


@pytest.mark.parametrize("config", [[1], {"Env": [1]}, {"Env": {"a": 1}}])
def test_a_configuration_of_another_shape_is_damage(
    archive: Path, tmp_path: Path, out: Path, config: object
) -> None:
    layout = Layout(tmp_path / "base")
    about = {"architecture": "amd64", "os": "linux", "config": config, "rootfs": {"diff_ids": []}}
    manifest = {"config": layout.keep(layout.flavour.config, dumped(about)), "layers": []}
    layout.entries = [layout.keep(layout.flavour.manifest, dumped(manifest))]
    layout.write()
    assert "is damaged" in refused(archive, str(layout.folder), out)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads zstd")
def test_a_zstd_layer_that_this_python_cannot_read_says_how_to_get_another(
    archive: Path, tmp_path: Path, out: Path
) -> None:
    zstd = Flavour(layer="application/vnd.oci.image.layer.v1.tar+zstd")
    said = refused(archive, str(Layout(tmp_path / "base", zstd).add().folder), out)
    assert "--dest-compress-format gzip" in said


def test_machine_code_for_glibc_is_not_put_on_musl(archive: Path, tmp_path: Path, out: Path) -> None:
    alpine = Layout(tmp_path / "base").add([{**PYTHON, "lib/ld-musl-x86_64.so.1": b""}])
    made(archive, alpine, out)
    native = zipped(tmp_path / "native.zip", {**TREE, "numpy/core.cpython-313-x86_64-linux-gnu.so": NATIVE})
    assert "musl" in refused(native, str(alpine.folder), tmp_path / "other")


@pytest.mark.parametrize("name", ["../out.py", "/etc/passwd", "a/../../b"])
def test_an_artifact_with_paths_that_lead_out_is_refused(
    base: Layout, tmp_path: Path, out: Path, name: str
) -> None:
    assert name in refused(zipped(tmp_path / "evil.zip", {name: b""}), str(base.folder), out)


def test_what_is_no_zip_is_no_artifact(base: Layout, tmp_path: Path, out: Path) -> None:
    (tmp_path / "not.zip").write_text("no zip")
    assert "sameroom build" in refused(tmp_path / "not.zip", str(base.folder), out)


def test_a_folder_of_somebody_elses_is_never_replaced(archive: Path, base: Layout, out: Path) -> None:
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="no image that sameroom has written"):
        made(archive, base, out)
    assert (out / "thesis.txt").read_text() == "years of work"
    before = whole_folder(base.folder)
    with pytest.raises(OutputError, match="the base itself"):
        made(archive, base, base.folder)
    assert whole_folder(base.folder) == before
    (out / "thesis.txt").unlink()
    shutil.copytree(base.folder, out, dirs_exist_ok=True)
    with pytest.raises(OutputError, match="no image that sameroom has written"):
        made(archive, base, out)


def test_an_output_below_a_file_cannot_be_written(archive: Path, base: Layout, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written to .*app\.zip/image"):
        made(archive, base, archive / "image")


def test_a_disk_that_fills_up_leaves_the_image_of_before(
    archive: Path, base: Layout, out: Path, tmp_path: Path
) -> None:
    made(archive, base, out)
    before = whole_folder(out)
    large = zipped(tmp_path / "large.zip", {**TREE, "data.bin": os.urandom(200_000)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OutputError, match=r"File too large\. Nothing was left there"):
            made(large, base, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert whole_folder(out) == before
    assert sorted(os.listdir(tmp_path)) == ["app.zip", "base", "large.zip", "out"]


class Interrupting(UserDict[str, str]):
    """The function's variables, at the sight of which the user presses Ctrl-C: the layers are copied."""

    def __iter__(self) -> Iterator[str]:
        raise KeyboardInterrupt


def test_a_build_that_is_interrupted_leaves_the_image_of_before(
    archive: Path, base: Layout, out: Path, tmp_path: Path
) -> None:
    made(archive, base, out)
    before = whole_folder(out)
    with pytest.raises(KeyboardInterrupt):
        write_image(built(archive), str(base.folder), out, Interrupting())
    assert whole_folder(out) == before
    assert sorted(os.listdir(tmp_path)) == ["app.zip", "base", "out"]


def test_boto3_that_was_left_to_the_runtime_has_to_be_in_the_base(
    archive: Path, base: Layout, out: Path, tmp_path: Path
) -> None:
    for name in ("boto3", "botocore"):
        (tmp_path / "left" / name).mkdir(parents=True)
        (tmp_path / "left" / name / "__init__.py").touch()
    artifact = built(archive, runtime_path=str(tmp_path / "left"))
    with pytest.raises(ImageError, match="has no boto3, botocore, which the artifact leaves") as caught:
        write_image(artifact, str(base.folder), out, ENVIRONMENT)
    assert 'boto3 = "bundled"' in str(caught.value)
    place = "var/lang/lib/python3.13/site-packages"
    theirs = {f"{place}/boto3/__init__.py": b"", f"{place}/botocore/__init__.py": b""}
    write_image(artifact, str(Layout(tmp_path / "aws").add([{**PYTHON, **theirs}]).folder), out, ENVIRONMENT)
    assert out.is_dir()
