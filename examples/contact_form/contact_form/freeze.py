"""The public pages as files, for S3: ``python -m contact_form.freeze``.

They are what the app renders, byte for byte but for the links, and their form sends JSON to the app: at the
same host, or at ``--api``. No secret and no table is needed to make them.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from . import create_app
from .assets import STATIC, Frozen

#: Pages, and the files they become.
PAGES = {
    "/": "index.html",
    "/contact": "contact/index.html",
    "/contact/thanks": "contact/thanks/index.html",
    "/404.html": "404.html",
}


def freeze(folder: Path, api: str = "") -> list[Path]:
    """Write the site into ``folder``, which is emptied of an earlier one first.

    :param api: the app's origin, as ``https://api.example.com``; "" where the site and the app share a host.
    :raises ValueError: ``folder`` holds something that is no such site.
    """
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "contact" / "index.html").is_file():
            raise ValueError(f"{folder} is not empty, and holds no site of ours. Name another folder.")
        shutil.rmtree(folder)
    # These pages have no session; nothing is signed with this.
    app = create_app({"SECRET_KEY": "signs nothing", "FROZEN": Frozen(api)})
    client = app.test_client()
    written = []
    for path, file in PAGES.items():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(client.get(path, headers={"Accept": "text/html"}).data)
        written.append(target)
    shutil.copytree(STATIC, folder / "static")
    return written + sorted(path for path in (folder / "static").rglob("*") if path.is_file())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="site")
@click.option("--api", default="", help="The app's origin, if it is not the site's: https://api.example.com")
def main(folder: Path, api: str) -> None:
    """Write the public pages into FOLDER (site)."""
    if api and not re.fullmatch(r"https?://[^/?#@]+/?", api):
        raise click.BadParameter("It is an origin: https://api.example.com", param_hint="--api")
    try:
        written = freeze(folder, api.rstrip("/"))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    for path in written:
        click.echo(f"{path.stat().st_size:>8,}  {path}")


if __name__ == "__main__":
    main()
