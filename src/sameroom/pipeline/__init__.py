"""settings -> a pipeline: the workflow that plans and deploys, and the roles it does so with.

>>> workflow(Pipeline("you/shop", "main", "prod", "shop-prod", "eu-west-1"))
"""

from __future__ import annotations

from .github import workflow
from .reading import branch, how_tested, install, repository
from .roles import role_template, types_of
from .values import Pipeline
from .writing import write

__all__ = [
    "Pipeline",
    "branch",
    "how_tested",
    "install",
    "repository",
    "role_template",
    "types_of",
    "workflow",
    "write",
]
