"""cfn-lint with every rule that it has by default. They are loaded once: that takes as long as a template."""

from __future__ import annotations

from functools import cache

from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.core import get_rules
from cfnlint.rules import RulesCollection


@cache
def _rules() -> RulesCollection:
    return get_rules([], [], [], {}, False)


def faults(text: str, *regions: str) -> list[str]:
    """What it has to say of a template, in ``regions``."""
    found = lint(text, _rules(), config=ManualArgs(regions=list(regions)))
    return [f"{one.rule.id} {one.message} at {one.path}" for one in found]
