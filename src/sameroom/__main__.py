"""``sameroom`` and ``python -m sameroom``."""

from __future__ import annotations

import sys
from typing import NoReturn

#: What the extra [cli] brings, by the names it is imported under.
TOOLKIT = frozenset(
    (
        *("boto3", "click", "cronsim", "deflate", "httptools", "packaging", "pathspec"),
        *("platformdirs", "psutil", "pydantic", "tomli", "tomlkit", "watchfiles", "yaml"),
    )
)


def main() -> NoReturn:
    """Run the command line; without the toolkit, say how to get it."""
    try:
        from .cli import run_command_line

        status = run_command_line()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in TOOLKIT:
            from .cli.screen import confess

            confess(error)
            sys.exit(2)
        sys.stderr.write(
            f"sameroom's command line is not installed here: {missing} is missing.\n"
            "The runtime needs nothing; the toolkit is an extra:\n\n"
            "  python -m pip install 'sameroom[cli]'\n"
        )
        status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
