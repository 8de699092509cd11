"""Locales that Lambda's Linux does not have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..configured import settled
from ..findings import Finding
from ..source import Module
from .reported import argument, found

#: All that Amazon Linux 2023 has (https://github.com/aws/aws-lambda-base-images/issues/229); python3.10 and
#: python3.11 run on its predecessor, which has more.
_THERE = {"C", "POSIX", "C.UTF-8", "C.utf8"}


def locales(module: Module) -> Iterator[Finding]:
    """``locale.setlocale`` with another one; "" is that of LANG, which Lambda sets to en_US.UTF-8."""
    for node, name, scope in module.calls:
        asked = argument(node, 1, "locale")
        if name != "locale.setlocale" or asked is None or scope.guarded:
            continue
        value, _ = settled(asked, module)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value not in _THERE:
            wanted = value.value or "LANG's, en_US.UTF-8"
            what = f"setlocale() wants the locale {wanted}, which python3.12 and later do not have on Lambda."
            yield found(module, "locale", node, what, sure=False)
