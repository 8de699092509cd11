"""The workflow: by GitHub's own schema, its shell by bash, and what its jobs may do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from sameroom.cli.ci import ci
from sameroom.errors import OutputError, SameroomError
from sameroom.pipeline import Pipeline, branch, how_tested, install, repository, workflow, write

SHOP = Pipeline("you/shop", "main", "", "shop", "eu-west-1")
ROLE = "arn:aws:iam::123456789012:role/sameroom-ci/deploys"
ALL = {
    "plain": SHOP,
    "stage": SHOP._replace(stage="prod", stack="shop-prod", environment="it's prod"),
    "roles": SHOP._replace(role=ROLE, plan_role=ROLE.replace("deploys", "plans")),
    "tests": SHOP._replace(install="uv pip install --system -r requirements.txt", test="python -m pytest"),
    "branch": SHOP._replace(branch="release/1.x"),
}


@pytest.fixture(params=ALL)
def text(request: pytest.FixtureRequest) -> str:
    return workflow(ALL[request.param])


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return found


def steps(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in read(text)["jobs"].items():
        for step in job["steps"]:
            yield name, step


def test_the_workflow_is_one_by_githubs_schema(tmp_path: Path) -> None:
    files = []
    for name, pipeline in ALL.items():
        files.append(tmp_path / f"{name}.yml")
        files[-1].write_text(workflow(pipeline))
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [str(program), "--builtin-schema", "vendor.github-workflows", *map(str, files)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_shell_step_is_bash(text: str) -> None:
    assert read(text)["defaults"]["run"]["shell"] == "bash"
    for job, step in steps(text):
        if "run" in step:
            ended = subprocess.run(["bash", "-n"], input=step["run"], capture_output=True, text=True)
            assert ended.returncode == 0, (job, ended.stderr)


def test_no_shell_step_has_an_expression_that_could_carry_code(text: str) -> None:
    for _, step in steps(text):
        assert "${{" not in step.get("run", "")


def test_only_githubs_own_actions_are_used(text: str) -> None:
    assert {step["uses"].partition("@")[0] for _, step in steps(text) if "uses" in step} == {
        "actions/checkout",
        "actions/setup-python",
    }


def test_what_runs_a_pull_requests_code_can_write_nothing(text: str) -> None:
    said = read(text)
    assert said["permissions"] == {"contents": "read"}
    assert said["jobs"]["plan"]["permissions"] == {"contents": "read", "id-token": "write"}
    comment = said["jobs"]["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not [step for step in comment["steps"] if "uses" in step]
    for _, step in steps(text):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] == "false"


def test_a_fork_is_tested_and_has_no_way_to_the_account() -> None:
    jobs = read(workflow(ALL["tests"]))["jobs"]
    assert "head.repo.full_name == github.repository" in jobs["plan"]["if"]
    assert "id-token" not in str(jobs["test"])
    assert jobs["deploy"]["if"].startswith("github.event_name != 'pull_request'")
    assert jobs["deploy"]["needs"] == "test"


def test_deploys_of_a_stack_wait_for_each_other_and_are_not_broken_off() -> None:
    job = read(workflow(ALL["stage"]))["jobs"]["deploy"]
    assert job["concurrency"] == {"group": "sameroom-deploy-shop-prod", "cancel-in-progress": "false"}
    assert job["environment"] == "it's prod"
    assert job["steps"][-1]["run"] == "sameroom deploy --stage prod --wait 900"


def test_the_branch_that_is_pushed_is_the_one_that_is_deployed() -> None:
    said = read(workflow(ALL["branch"]))
    assert said["on"]["push"]["branches"] == ["release/1.x"]
    assert said["jobs"]["deploy"]["if"].endswith("github.ref == 'refs/heads/release/1.x'")


def test_roles_are_those_that_were_named_or_the_repositorys_variables() -> None:
    named, unnamed = (read(workflow(ALL[name]))["jobs"] for name in ("roles", "plain"))
    assert named["deploy"]["steps"][-1]["env"]["AWS_ROLE_ARN"] == ROLE
    assert unnamed["deploy"]["steps"][-1]["env"]["AWS_ROLE_ARN"] == "${{ vars.SAMEROOM_ROLE }}"
    assert "vars.SAMEROOM_PLAN_ROLE != ''" in unnamed["plan"]["if"]


def step_of(name: str, kind: str) -> str:
    found = {(job, step.get("name")): step for job, step in steps(workflow(SHOP))}
    script: str = found[name, kind]["run"]
    return script


def run_step(script: str, folder: Path, programs: dict[str, str], **variables: str) -> Any:
    """The step as GitHub runs it, with ``programs`` before those of this machine."""
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (folder / name).chmod(0o755)
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "RUNNER_TEMP": str(folder), **variables}
    environ["GITHUB_OUTPUT"] = str(folder / "output")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("status", "ends", "said"), [(0, 0, "nothing"), (10, 0, "nothing"), (1, 1, "no role")]
)
def test_a_plan_is_handed_on_whatever_it_says(status: int, ends: int, said: str, tmp_path: Path) -> None:
    program = f"echo nothing; echo no role >&2; exit {status}"
    python = f'exec {sys.executable} "$@"'
    ended = run_step(step_of("plan", "Plan"), tmp_path, {"sameroom": program, "python": python})
    assert ended.returncode == ends, ended.stderr
    first, *text, last = (tmp_path / "output").read_text().splitlines()
    assert first == f"plan<<{last}"
    assert len(last) > 30
    assert said in "\n".join(text)


@pytest.mark.parametrize(("comments", "wanted"), [("", "POST"), ("41", "PATCH"), ("41\n42", "PATCH")])
def test_there_is_one_comment_and_it_is_changed_in_place(comments: str, wanted: str, tmp_path: Path) -> None:
    gh = f"""
        echo "$@" >> "$RUNNER_TEMP/calls"
        case "$*" in *--paginate*) printf '%s\\n' '{comments}' ;; esac
    """
    plan = "code  `$(id)`\n````` @everyone"
    variables = {"PLAN": plan, "PULL_REQUEST": "7", "COMMIT": "c0ffee", "MARK": "<!-- mark -->"}
    ended = run_step(
        step_of("comment", "Comment"), tmp_path, {"gh": gh}, GITHUB_REPOSITORY="you/shop", **variables
    )
    assert ended.returncode == 0, ended.stderr
    call = (tmp_path / "calls").read_text().splitlines()[-1]
    where = "issues/comments/41 " if wanted == "PATCH" else "issues/7/comments "
    assert f"--method {wanted} repos/you/shop/{where}" in call
    body = (tmp_path / "comment.md").read_text()
    assert body.startswith("<!-- mark -->\n**sameroom plan** of `shop` in eu-west-1\n\n`````text\n")
    assert body.count("`````") == 2, "what the plan says cannot end its own fence"
    assert "Of commit c0ffee." in body


def test_the_identity_is_githubs_token_in_a_file(tmp_path: Path) -> None:
    curl = """echo "$@" > "$RUNNER_TEMP/asked"; echo '{"value": "a.b.c"}'"""
    python = f'exec {sys.executable} "$@"'
    variables = {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x/?v=1"}
    ended = run_step(step_of("deploy", "Identity"), tmp_path, {"curl": curl, "python": python}, **variables)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "identity").read_text() == "a.b.c\n"
    assert "https://x/?v=1&audience=sts.amazonaws.com" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize(
    "url", ["https://github.com/you/shop.git", "git@github.com:you/shop.git", "ssh://git@github.com/you/shop"]
)
def test_the_repository_is_gits_origin(url: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n')
    (tmp_path / "inside").mkdir()
    assert repository(tmp_path / "inside", "") == "you/shop"
    assert repository(tmp_path, "they/shop") == "they/shop"


def test_a_repository_that_nobody_names_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = https://example.com/you/shop\n')
    with pytest.raises(SameroomError, match="--repository owner/name"):
        repository(tmp_path, "")
    with pytest.raises(SameroomError, match="owner/name"):
        repository(tmp_path, "shop; id")


@pytest.mark.parametrize("name", ["", "-x", "a b", "a..b", "x'; id; '"])
def test_what_is_no_branch_is_refused(name: str) -> None:
    with pytest.raises(SameroomError, match="--branch"):
        branch(name)


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("uv.lock", "uv export --locked"),
        ("poetry.lock", "poetry sync"),
        ("pylock.toml", "pylock.toml"),
        ("requirements.txt", "requirements.txt"),
    ],
)
def test_the_lock_file_says_how_to_install(lock: str, said: str, tmp_path: Path) -> None:
    assert install(tmp_path, "") == ""
    (tmp_path / lock).touch()
    assert said in install(tmp_path, "")
    assert how_tested(tmp_path) == ""
    (tmp_path / "tests").mkdir()
    assert how_tested(tmp_path) == "python -m pytest"


def test_a_file_of_yours_is_not_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.yml"
    assert write(path, "one", force=False)
    assert not write(path, "one", force=False)
    with pytest.raises(OutputError, match="--force"):
        write(path, "two", force=False)
    assert path.read_text() == "one"
    assert write(path, "two", force=True)


def test_the_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "shop"\n[tool.sameroom]\nregion = "eu-west-1"\n'
    )
    monkeypatch.chdir(tmp_path)
    arguments = ["github", "--repository", "you/shop", "--role-template", "roles.json"]
    ended = CliRunner().invoke(ci, arguments, catch_exceptions=False)
    assert ended.exit_code == 0
    assert read((tmp_path / ".github/workflows/sameroom.yml").read_text())["name"] == "sameroom"
    assert "repo:you/shop:ref:refs/heads/main" in (tmp_path / "roles.json").read_text()
    assert "--stack-name ci-shop --region eu-west-1" in ended.output
    assert "unchanged" in CliRunner().invoke(ci, arguments).output


@pytest.mark.parametrize(
    ("arguments", "culprit"),
    [(["--role", "deployer"], "role's ARN"), (["--branch", "a b"], "branch"), (["--region", ""], "region")],
)
def test_what_cannot_be_used_is_named(
    arguments: list[str], culprit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = ["github", "--repository", "you/shop", "--region", "eu-west-1", *arguments]
    ended = CliRunner().invoke(ci, whole)
    assert isinstance(ended.exception, SameroomError)
    assert culprit in str(ended.exception)
