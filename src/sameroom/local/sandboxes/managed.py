"""Starts an artifact as Lambda's managed runtimes do: what is done before AWS's client takes over.

    python -S -B managed.py ric|loop FOLDER ...

The folders stand for /var/runtime. -S has kept the interpreter's own site-packages out, which on Lambda hold
nothing but Lambda's. Runs on every Python of an artifact, so it loads the standard library only.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
"""

from __future__ import annotations

import os
import runpy
import site
import sys


def main() -> None:
    runtime, *folders = sys.argv[1:]
    # What else `site` does when it is imported: exit(), quit(), help() ...
    site.setquit()
    site.setcopyright()
    site.sethelper()
    root = os.environ["LAMBDA_TASK_ROOT"]
    # In place of this file's folder; what PYTHONPATH names follows, then the standard library.
    sys.path[:1] = [root, *folders]
    site.addsitedir(root)
    # For Pythons that the app starts.
    os.environ.setdefault("PYTHONPATH", os.pathsep.join(folders))
    if runtime == "loop":
        # What AWS_LAMBDA_EXEC_WRAPPER makes of it.
        runpy.run_module("sameroom.runtime.loop", run_name="__main__", alter_sys=True)
        return
    from awslambdaric.__main__ import main as serve

    serve([root, os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
