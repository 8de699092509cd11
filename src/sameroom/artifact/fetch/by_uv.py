"""What only uv can reach: it has an index's login, or a wheel in its own cache when we are offline.

uv keeps unpacked trees and hands out no wheel files, so it installs one into a folder of ours, as copies that
leave its cache alone, and the folder is packed into a wheel again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ..members import Pin
from .errand import Errand
from .repack import pack_tree
from .urls import Refused, shown


def fetch_by_uv(pin: Pin, errand: Errand, folder: Path) -> Path:
    """A wheel of ``pin`` in ``folder``. Its files are those of the locked one, its compression is ours.

    :raises Refused: uv has not got it either; in its own words.
    :raises UvMissing: there is no uv.
    """
    target = errand.target
    options = [
        *("--only-binary", ":all:", "--python", sys.executable, "--python-platform", target.platform),
        *("--python-version", "{}.{}".format(*target.python)),
    ]
    tree = install(pin, errand, folder, options)
    wheel = folder / pin.filename
    pack_tree(tree, wheel)
    return wheel


def install(pin: Pin, errand: Errand, folder: Path, options: list[str]) -> Path:
    """The folder below ``folder`` where uv has installed ``pin`` and nothing else.

    :raises Refused: uv did not; in its own words.
    """
    uv = errand.uv()
    tree, asked, said = folder / "tree", folder / "requirement.txt", ""
    command = ["pip", "install", "--quiet", "--no-deps", "--link-mode", "copy", "--target", str(tree)]
    command += ["--requirements", str(asked), *options, *(["--require-hashes"] if pin.sha256 else [])]
    for requirement in _requirements(pin):
        asked.write_text(requirement, encoding="utf-8")
        ran = uv(errand.project, *command)
        if ran.code == 0:
            return tree
        said = said or shown(ran.complaint)
    raise Refused(f"uv says: {said}")


def _requirements(pin: Pin) -> list[str]:
    """By name, where hashes tell which file it is and uv's cache knows it, and by the very URL."""
    hashes = "".join(f" --hash=sha256:{sha256}" for sha256 in pin.sha256)
    by_name, by_url = f"{pin.name}=={pin.version}{hashes}\n", f"{pin.name} @ {pin.url}{hashes}\n"
    if pin.kind == "vcs":
        return [by_url]
    return [by_name, by_url] if hashes else [by_url, by_name]
