"""What a pipeline is made of."""

from __future__ import annotations

from typing import NamedTuple


class Pipeline(NamedTuple):
    """One GitHub repository that deploys one stage of one project."""

    #: "owner/name"
    repository: str
    #: What is pushed there is deployed.
    branch: str
    #: The stage's name, "" for none.
    stage: str
    stack: str
    region: str
    #: GitHub's environment that the deploy waits for, "" for none.
    environment: str = ""
    #: ARNs of the roles that deploy and that plan; "" leaves them to the repository's variables.
    role: str = ""
    plan_role: str = ""
    #: "3.13"
    python: str = "3.13"
    #: Shell commands that install the project by its lock file, and that test it; "" for none.
    install: str = ""
    test: str = ""
