"""Pipeline -> the text of a GitHub workflow.

No action but GitHub's own two is used: the SDK takes GitHub's identity token itself, and the comment is
written by ``gh``, which every runner has. What runs a pull request's code cannot write to the repository, and
what writes the comment runs no code of the pull request's.
https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html
"""

from __future__ import annotations

import shlex

from .. import __version__
from .values import Pipeline

#: By which the one comment of a pull request is found again.
_MARK = "<!-- sameroom plan {stack} -->"

_HEAD = """\
# Written by `sameroom ci github`. It is yours to change; `--force` writes it anew.
name: {name}

on:
  push:
    branches: [{branch}]
  pull_request:
    branches: [{branch}]
  workflow_dispatch:

# Each job adds what it needs.
permissions:
  contents: read

env:
  AWS_REGION: {region}

defaults:
  run:
    shell: bash

jobs:
"""

_TEST = """\
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
{checkout}
      - name: Install
        run: |
{install}
      - name: Test
        run: |
{test}

"""

_PLAN = """\
  # Pull requests from forks have no way to the account: they are tested, and not planned.
  plan:
    if: >-
      github.event_name == 'pull_request'
      && github.event.pull_request.head.repo.full_name == github.repository{known}
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      id-token: write
    concurrency:
      group: sameroom-plan-{stack}-${{{{ github.event.pull_request.number }}}}
      cancel-in-progress: true
    outputs:
      plan: ${{{{ steps.plan.outputs.plan }}}}
    steps:
{checkout}
      - name: Install
        run: |
{install}
{identity}
      - name: Plan
        id: plan
        env:
{role}
        run: |
          status=0
          sameroom plan{stage} > "$RUNNER_TEMP/plan.txt" 2> "$RUNNER_TEMP/plan.log" || status=$?
          cat "$RUNNER_TEMP/plan.log" "$RUNNER_TEMP/plan.txt"
          if [ "$status" -ne 0 ] && [ "$status" -ne 10 ]; then
            cp "$RUNNER_TEMP/plan.log" "$RUNNER_TEMP/plan.txt"
          fi
          end="end-$(python -c 'import secrets; print(secrets.token_hex(16))')"
          {{
            echo "plan<<$end"
            head -c 60000 "$RUNNER_TEMP/plan.txt"
            echo
            echo "$end"
          }} >> "$GITHUB_OUTPUT"
          # 10 says that something would change, which is no failure.
          [ "$status" -eq 0 ] || [ "$status" -eq 10 ]

  # One comment, changed in place. This job runs nothing of the pull request's: it sees the plan's text.
  comment:
    needs: plan
    if: ${{{{ !cancelled() && needs.plan.outputs.plan != '' }}}}
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      pull-requests: write
    steps:
      - name: Comment
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          PLAN: ${{{{ needs.plan.outputs.plan }}}}
          PULL_REQUEST: ${{{{ github.event.pull_request.number }}}}
          COMMIT: ${{{{ github.event.pull_request.head.sha }}}}
          MARK: {mark}
        run: |
          # A fence of five cannot be ended by the text inside.
          {{
            printf '%s\\n%s\\n\\n`````text\\n' "$MARK" {heading}
            printf '%s\\n' "$PLAN" | sed 's/`````/` ` ` ` `/g'
            printf '`````\\n\\nOf commit %s.\\n' "$COMMIT"
          }} > "$RUNNER_TEMP/comment.md"
          comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
          mine='.[] | select(.user.type == "Bot" and (.body | startswith(env.MARK))) | .id'
          id="$(gh api --paginate "$comments" --jq "$mine")"
          id="${{id%%$'\\n'*}}"
          if [ -n "$id" ]; then
            gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" \\
              --field body=@"$RUNNER_TEMP/comment.md" > /dev/null
          else
            gh api --method POST "$comments" --field body=@"$RUNNER_TEMP/comment.md" > /dev/null
          fi

"""

_DEPLOY = """\
  deploy:
{needs}    if: github.event_name != 'pull_request' && github.ref == {ref}
    runs-on: ubuntu-latest
    timeout-minutes: 60
{environment}    permissions:
      contents: read
      id-token: write
    # One deploy at a time, and none is broken off.
    concurrency:
      group: sameroom-deploy-{stack}
      cancel-in-progress: false
    steps:
{checkout}
      - name: Install
        run: |
{install}
{identity}
      - name: Deploy
        env:
{role}
        run: sameroom deploy{stage} --wait 900
"""

_CHECKOUT = """\
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-python@v6
        with:
          python-version: {python}"""

_IDENTITY = """\
      - name: Identity
        run: |
          curl --silent --show-error --fail --retry 3 \\
            --header "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
            "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" \\
            | python -c 'import json, sys; print(json.load(sys.stdin)["value"])' > "$RUNNER_TEMP/identity"
"""

_ROLE = """\
          AWS_ROLE_ARN: {role}
          AWS_ROLE_SESSION_NAME: {session}-${{{{ github.run_id }}}}
          AWS_WEB_IDENTITY_TOKEN_FILE: ${{{{ runner.temp }}}}/identity"""


def workflow(pipeline: Pipeline) -> str:
    """The workflow's YAML: tests, a plan as a comment on pull requests, a deploy of the branch."""
    stage = f" --stage {pipeline.stage}" if pipeline.stage else ""
    known = "" if pipeline.plan_role else "\n      && vars.SAMEROOM_PLAN_ROLE != ''"
    title = f"**sameroom plan** of `{pipeline.stack}` in {pipeline.region}"
    parts = {
        "name": _quoted(f"sameroom {pipeline.stage}".strip()),
        "branch": _quoted(pipeline.branch),
        "ref": _quoted(f"refs/heads/{pipeline.branch}"),
        "region": _quoted(pipeline.region),
        "stack": pipeline.stack,
        "stage": stage,
        "known": known,
        "mark": _quoted(_MARK.format(stack=pipeline.stack)),
        "heading": shlex.quote(title),
        "checkout": _CHECKOUT.format(python=_quoted(pipeline.python)),
        "identity": _IDENTITY.rstrip(),
        "needs": "    needs: test\n" if pipeline.test else "",
        "environment": f"    environment: {_quoted(pipeline.environment)}\n" if pipeline.environment else "",
        "install": _indented(f"python -m pip install 'sameroom[cli]=={__version__}'"),
    }
    plan_role = _role(pipeline.plan_role or "${{ vars.SAMEROOM_PLAN_ROLE }}", "plan")
    role = _role(pipeline.role or "${{ vars.SAMEROOM_ROLE }}", "deploy")
    text = _HEAD.format(**parts)
    if pipeline.test:
        both = "\n".join(filter(None, ("python -m pip install uv pytest", pipeline.install)))
        own = {"install": _indented(both), "test": _indented(pipeline.test)}
        text += _TEST.format(**{**parts, **own})
    return text + _PLAN.format(**parts, role=plan_role) + _DEPLOY.format(**parts, role=role)


def _role(role: str, session: str) -> str:
    return _ROLE.format(role=role, session=f"sameroom-{session}")


def _indented(commands: str) -> str:
    return "\n".join(f"          {line}" for line in commands.splitlines())


def _quoted(text: str) -> str:
    """A YAML string, and one of GitHub's expressions."""
    return "'" + text.replace("'", "''") + "'"
