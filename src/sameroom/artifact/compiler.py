"""Run by the target's Python, standard library only: sources on standard input, .pyc on standard output.

Bytecode depends on what the interpreter compiled before (which strings are shared decides marshal's
reference flags), so every batch is compiled in a process that has compiled nothing yet. ``PYTHONHASHSEED``
is set by whoever starts us.
"""

# ruff: noqa: E402
import sys

del sys.path[0]  # our own folder: its modules are not the standard library's

import json
import marshal
import os
import warnings
from importlib.util import MAGIC_NUMBER, source_hash


def pyc(path: str, source: bytes) -> bytes:
    """An unchecked hash-based .pyc (PEP 552), b"" for what is no Python of this version."""
    try:
        code = compile(source, "/var/task/" + path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b""
    return MAGIC_NUMBER + b"\x01\0\0\0" + source_hash(source) + marshal.dumps(code)


def batch(sources: list[tuple[str, bytes]]) -> bytes:
    """The .pyc files of one batch, each behind its length."""
    compiled = [pyc(path, source) for path, source in sources]
    return b"".join(len(data).to_bytes(4, "little") + data for data in compiled)


def in_a_child(sources: list[tuple[str, bytes]]) -> bytes:
    """The same, made by a process that ends with it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with open(writer, "wb") as pipe:
            pipe.write(batch(sources))
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        made = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"compiling {sources[0][0]} and what follows it ended with status {status}")
    return made


def main() -> None:
    """Standard input: a line of JSON, [[[path, bytes], ...], ...], then every source behind the other."""
    batches = json.loads(sys.stdin.buffer.readline())
    compile_batch = in_a_child if hasattr(os, "fork") else batch
    for paths in batches:
        sources = [(path, sys.stdin.buffer.read(size)) for path, size in paths]
        sys.stdout.buffer.write(compile_batch(sources))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # SyntaxWarning in somebody's package is not for our terminal
    main()
