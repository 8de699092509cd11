"""An image that is run as an engine runs it: its layers laid over each other, its entry point in a chroot."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from fakes.images import made
from fakes.lambda_service import PATIENCE, LambdaService
from fakes.layouts import Flavour, Layout, seen
from fakes.zips import artifact

from sameroom.artifact.target import Target

APP = """
import os, sys
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    told = [sys.executable, __file__, os.getcwd(), sys.modules["sameroom"].__file__]
    return ["\\n".join(told).encode()]
"""
ENTER = """
import os, sys
root, folder, *entry = sys.argv[1:]
os.chroot(root)
os.chdir(folder)
os.execv(entry[0], entry)
"""
EVENT = Path(__file__).parents[1] / "events" / "http_api.json"
#: Of the standard library, what no function needs, or what would take the test's time.
UNNEEDED = re.compile(
    r"/(test|tests|idlelib|tkinter|ensurepip|site-packages|config-[^/]+|__pycache__|lib-dynload)/"
)


def python_tree() -> dict[str, bytes | str]:
    """This Python, and the libraries it is linked with, as files of a base image."""
    version = "python{}.{}".format(*sys.version_info)
    library = Path(sysconfig.get_path("stdlib"))
    tree = {
        f"usr/local/lib/{version}/{file.relative_to(library)}": file.read_bytes()
        for file in library.rglob("*.py")
        if not UNNEEDED.search(str(file))
    }
    extensions = list((library / "lib-dynload").glob("*.so"))
    tree |= {f"usr/local/lib/{version}/lib-dynload/{file.name}": file.read_bytes() for file in extensions}
    binary = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    linked = subprocess.run(["ldd", binary, *extensions], capture_output=True, text=True, check=True).stdout
    for name, path in re.findall(r"(\S+) => (/\S+)", linked):
        tree[f"lib/{name}"] = Path(path).read_bytes()
    loader = re.search(r"^\s+(/\S+) \(", linked, re.MULTILINE)
    assert loader is not None
    tree[loader[1].strip("/")] = Path(loader[1]).read_bytes()
    return {f"usr/local/bin/{version}": binary.read_bytes(), **tree}


def unpack(layout: Path, root: Path) -> None:
    for layer in seen(layout).layers:
        for name, (member, data) in layer.items():
            path = root / name
            if member.isdir():
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            path.chmod(0o755 if name.startswith(("usr/local/bin/", "lib")) else member.mode)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may change its root")
def test_the_image_answers_over_the_runtime_api_from_within_its_own_root(tmp_path: Path) -> None:
    machine = os.uname().machine
    target = Target((sys.version_info[0], sys.version_info[1]), "arm64" if machine == "aarch64" else "x86_64")
    uncompressed = Flavour(layer="application/vnd.oci.image.layer.v1.tar")
    base = Layout(tmp_path / "base", uncompressed).add(
        [python_tree()], architecture="arm64" if machine == "aarch64" else "amd64"
    )
    made(artifact(tmp_path / "app.zip", {"app.py": APP}), base, tmp_path / "image", target)
    root = tmp_path / "root"
    unpack(tmp_path / "image", root)
    run = seen(tmp_path / "image").config["config"]

    with LambdaService() as service:
        process = subprocess.Popen(
            [sys.executable, "-c", ENTER, str(root), run["WorkingDir"], *run["Entrypoint"]],
            env={
                **dict(entry.partition("=")[::2] for entry in run["Env"]),
                "AWS_LAMBDA_RUNTIME_API": service.address,
                "LD_LIBRARY_PATH": "/lib",
            },
            stderr=subprocess.PIPE,
        )
        try:
            answer = service.answer(json.loads(EVENT.read_bytes()))
        finally:
            process.kill()
            said = process.communicate(timeout=PATIENCE)[1]
    assert answer["statusCode"] == 200, said
    assert answer["body"].split("\n") == [
        run["Entrypoint"][0],
        *("/var/task/app.py", "/var/task", "/var/task/sameroom/__init__.py"),
    ]
