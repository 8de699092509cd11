"""Runs a Python program that ends when we end, however we end.

    python -m sameroom.local.tied ministack.app:main

The program's standard input is a pipe from its owner. When the owner closes it, or dies in any way, the
program gets SIGTERM and a few seconds to save what it holds; after that it is ended at once.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import time

SECONDS_TO_SAVE = 10.0


def _watch(owner: int) -> None:
    while os.read(owner, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_SAVE)
    os._exit(1)


def main(arguments: list[str]) -> None:
    """Run ``module:function`` with no arguments, tied to standard input."""
    module, _, function = arguments[0].partition(":")
    # The program itself gets an empty input: only the watcher reads the pipe.
    owner = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    threading.Thread(target=_watch, args=(owner,), daemon=True, name="tied").start()
    sys.argv = [module]
    getattr(importlib.import_module(module), function)()


if __name__ == "__main__":
    main(sys.argv[1:])
