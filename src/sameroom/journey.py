"""The offline river, spelled out once: folder -> Project -> Artifact -> Template -> Plan -> stack.

Every command gets off at its station. Stations are loaded when they are reached.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .artifact import seen
from .artifact.cache import whole
from .artifact.desk import add_output, unwritable
from .artifact.record import Artifact, contents
from .own import own_folder

if TYPE_CHECKING:
    from .artifact.image import Image
    from .artifact.job import Teller
    from .artifact.report import Report
    from .aws.cloud import Cloud
    from .project import Choices, Project
    from .site import Prepared
    from .stack.deploy import Deployed, Goal, Told
    from .stack.found import Found
    from .stack.plan import Plan
    from .stack.wanted import Wanted

    #: The account to deploy to, given the region that the settings name ("" for none).
    Connect = Callable[[str], Cloud]


class Asked(NamedTuple):
    """What the command line says; empty where it says nothing."""

    app: str = ""
    stage: str = ""
    runtime: str | None = None
    architecture: str | None = None
    output: Path | None = None
    upgrade: bool = False
    #: A container image is to be made of it.
    for_image: bool = False
    #: The stage is a part of the API's path, too.
    path_stage: bool = True

    def choices(self) -> Choices:
        """For ``project.load``."""
        from .project import Choices

        flags = {"runtime": self.runtime, "architecture": self.architecture}
        return Choices(self.app, "", self.stage, flags, path_stage=self.path_stage)


class Build(NamedTuple):
    """A project's artifact, and all that is to be said of it."""

    folder: Path
    asked: Asked
    artifact: Artifact
    report: Report


def build(folder: Path, asked: Asked, told: Teller) -> Build:
    """The artifact of the project in ``folder``; where nothing has changed, the one that is there.

    :raises SameroomError: something that the person at the keyboard can mend.
    """
    began, since = time.monotonic(), time.time_ns()
    _leave_out_standard_output(folder)
    answer = seen.place(folder, asked)
    artifact = None if asked.upgrade else seen.unchanged(answer)
    if artifact is None and not (asked.upgrade or asked.for_image):
        from .artifact.amend import amend

        artifact = amend(answer, since, told)
    if artifact is None:
        from .artifact.building import Remember, Wish
        from .artifact.building import build as build_artifact
        from .project import load

        wish = Wish(asked.output, asked.upgrade, asked.for_image, Remember(answer, since))
        artifact = build_artifact(load(folder, asked.choices()), wish, told)
    artifact = artifact._replace(seconds=time.monotonic() - began)
    from .artifact.report import explain

    return Build(folder, asked, artifact, explain(artifact, contents(artifact.place.contents)))


def _leave_out_standard_output(folder: Path) -> None:
    """``sameroom build --json > report.json``: the shell has made that file before we were started."""
    try:
        ours = os.fstat(1)
        if not stat.S_ISREG(ours.st_mode):
            return
        for entry in os.scandir(folder):
            if entry.inode() == ours.st_ino and entry.is_file(follow_symlinks=False):
                add_output(folder, Path(entry.path))
    except OSError:
        return


def image(built: Build, out: Path, base: str) -> Image:
    """A container image with the same files, on the OCI layout ``base``, in the folder ``out``.

    :raises ImageError: the base cannot be used.
    :raises OutputError: ``out`` cannot be written.
    """
    from .artifact.image import date_of, write_image
    from .project import load, runtime_variables

    add_output(built.folder, out)
    project = load(built.folder, built.asked.choices())
    variables = {**runtime_variables(project.app, project.settings), **project.settings.env}
    return write_image(built.artifact, base, out, variables, date_of(os.environ))


def write_page(built: Build, path: Path) -> None:
    """The report as one self-contained HTML page.

    :raises OutputError: ``path`` cannot be written.
    """
    from .artifact.report.page import page

    add_output(built.folder, path)
    text = page(built.report, contents(built.artifact.place.contents))
    try:
        with whole(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise unwritable(path, error) from error


def hold(artifact: Artifact, max_size: float | None, max_import_ms: float | None) -> None:
    """Hold the artifact to limits of one's own, in MB and milliseconds; None is no limit.

    :raises TooLarge: it is beyond one of them.
    """
    from .artifact.limits import guard_import, guard_size

    if max_size is not None:
        guard_size(artifact.parts, artifact.zipped, max_size)
    if max_import_ms is not None:
        guard_import(artifact.proof, max_import_ms)


class Manner(NamedTuple):
    """How a deploy goes about it."""

    #: Seconds to wait for somebody else's deploy.
    wait: float = 0.0
    #: Carry out what the last ``plan`` showed, and nothing else.
    of_plan: bool = False


def plan(folder: Path, asked: Asked, connect: Connect, told: Told, *, drift: bool = False) -> Plan:
    """What a deploy of the project in ``folder`` would do. Remembered, for ``Manner.of_plan``. With ``drift``
    AWS is also asked what somebody has changed by hand, which takes it some seconds.

    :raises SameroomError: something that the person at the keyboard can mend.
    """
    from .stack.deploy import make_plan

    cloud, goal = _goal(folder, asked, connect, told)
    planned = make_plan(cloud, goal._replace(drift=drift), told)
    with whole(_remembered(folder, goal.stack)) as file:
        file.write(json.dumps([planned.change_set, planned.fingerprint]).encode())
    return planned


def deploy(folder: Path, asked: Asked, connect: Connect, manner: Manner, told: Told) -> Deployed:
    """Make the project in ``folder`` what runs on AWS.

    :raises SameroomError: something that the person at the keyboard can mend; what served serves on.
    """
    from .stack.deploy import deploy as deploy_stack

    cloud, goal = _goal(folder, asked, connect, told)
    planned = _recalled(folder, goal.stack) if manner.of_plan else None
    return deploy_stack(cloud, goal._replace(wait=manner.wait, planned=planned), told)


def _goal(folder: Path, asked: Asked, connect: Connect, told: Told) -> tuple[Cloud, Goal]:
    """Everything up to the template, which needs to know the account that it is for."""
    from .project import load
    from .project.naming import project_name, stack_name
    from .stack.deploy import Goal

    asked = asked._replace(path_stage=False)
    artifact = build(folder, asked, told).artifact
    project = load(folder, asked.choices())
    name = project_name(folder, project.settings)
    stack = stack_name(name, asked.stage)
    site = _site(project, told)
    cloud = connect(project.settings.region)

    def wanted(found: Found) -> Wanted:
        return _wanted(project, artifact, site, found)._replace(stage=asked.stage, project=name)

    return cloud, Goal(folder, stack, name, wanted)


def _site(project: Project, told: Told) -> Prepared | None:
    if project.settings.site is None:
        return None
    from . import site

    told.stage("site")
    site.build(project.folder, project.settings.site, told.line)
    return site.prepare(project.folder, project.settings.site)


def _wanted(project: Project, artifact: Artifact, site: Prepared | None, found: Found) -> Wanted:
    from .project import runtime_variables
    from .project.commit import commit
    from .stack.bucket import artifact_key
    from .stack.wanted import Wanted, Zip
    from .template import Code, Wish, template

    settings, target = project.settings, artifact.target
    key = artifact_key(artifact.sha256)
    code = Code(found.bucket, key, artifact.sha256, target.runtime, target.architecture)
    variables = {**runtime_variables(project.app, settings), **settings.env}
    return Wanted(
        found.stack,
        "",
        "",
        settings,
        Zip(artifact.path, artifact.sha256, artifact.zipped),
        template(Wish(found.stack, settings, code, variables)),
        site,
        commit(project.folder),
    )


def _remembered(folder: Path, stack: str) -> Path:
    return own_folder(folder, "plans") / f"{stack}.json"


def _recalled(folder: Path, stack: str) -> tuple[str, str]:
    """The last plan: its change set and its fingerprint.

    :raises StalePlan: there is none.
    """
    from .errors import StalePlan

    try:
        change_set, fingerprint = json.loads(_remembered(folder, stack).read_bytes())
    except (OSError, ValueError) as error:
        raise StalePlan(
            f"There is no plan of {stack} to carry out.", why=f"{error}.", next="Make one: sameroom plan"
        ) from error
    return change_set, fingerprint
