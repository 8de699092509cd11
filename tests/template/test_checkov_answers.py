"""checkov's findings are those that docs/concepts/template.md answers, and no others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fakes.wishes import FULL, wish, wish_for

from sameroom.template import template

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "template.md"
VPC = {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]}
WISHES = {
    "full": wish(FULL),
    "site": wish({"site": {"folder": "web"}}),
    "rest-api": wish_for("rest-api"),
    "function-url": wish_for("function-url"),
    "alb": wish_for("alb"),
    "lattice": wish_for("lattice", vpc=VPC),
}


def answered() -> set[str]:
    """The checks in the page's table."""
    return set(re.findall(r"^\| (CKV2?_AWS_\d+) \|", PAGE.read_text(), re.MULTILINE))


def test_every_answer_is_given_once_and_in_words() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| CKV")]
    assert len(rows) == len(answered()) > 10
    assert all(len(row.split("|")[3].split()) > 4 for row in rows)


@pytest.mark.slow
def test_checkov_finds_what_the_page_answers_and_nothing_else(tmp_path: Path) -> None:
    checkov = os.environ.get("SAMEROOM_CHECKOV") or shutil.which("checkov")
    if not checkov:
        pytest.skip("checkov is not here: name its path in SAMEROOM_CHECKOV")
    for name, asked in WISHES.items():
        (tmp_path / f"{name}.json").write_text(template(asked).text)
    options = ("--framework", "cloudformation", "--quiet", "--skip-download", "--output", "json")
    said = subprocess.run([checkov, *options, "-d", str(tmp_path)], capture_output=True, text=True)
    found = json.loads(said.stdout)
    assert found["summary"]["parsing_errors"] == 0
    assert {one["check_id"] for one in found["results"]["failed_checks"]} == answered()
