"""Secrets do not travel: everybody who may download a function's code could read them."""

from __future__ import annotations

from ..errors import SourceRefused
from ..project.leaks import leaks, named


def refuse_secrets(path: str, data: bytes) -> None:
    """:raises SourceRefused: the file is called like a secret, or holds one."""
    secret = named(path)
    found = leaks(path, data)
    if not secret and not found:
        return
    what = secret or f"{found[0].what} in line {found[0].line}"
    raise SourceRefused(
        f"{path} holds a secret: {what}.",
        why="Everybody who may download the function's code could read it.",
        next=f'Take it out of the project, or leave it at home: exclude = ["{path}"] in [tool.sameroom].\n'
        f'If it is no secret or must travel, say so by its very name: include = ["{path}"].',
    )
