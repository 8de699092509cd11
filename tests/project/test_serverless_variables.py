"""``${...}`` of serverless.yml: what the file itself can tell, and what it cannot."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.errors import SettingsError
from sameroom.project.begin.serverless_variables import Variables, unresolved


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${self:custom.a}", 1),
        ("x-${self:custom.a}", "x-1"),
        ("${self:custom.${self:custom.name}}", 1),
        ("${self:custom.missing, 'd'}", "d"),
        ('${self:custom.missing, "d"}', "d"),
        ("${self:custom.missing, self:custom.a}", 1),
        ("${self:custom.list.1}", "two"),
        ("${self:custom}", {"a": 1, "name": "a", "list": ["one", "two"], "loop": "${self:custom.loop}"}),
        ("${opt:stage}", "dev"),
        ("${opt:stage, 'qa'}", "qa"),
        ("${opt:region, 'eu-west-1'}", "eu-west-1"),
        ("${sls:stage}-${self:service}", "dev-shop"),
        ("${env:HOME}", "${env:HOME}"),
        ("${env:HOME, 'x'}", "x"),
        ("a-${env:HOME}-${self:custom.a}", "a-${env:HOME}-1"),
        ("${self:custom.loop}", "${self:custom.loop}"),
        ("${ssm:/a/${self:custom.name}}", "${ssm:/a/a}"),
        ("${self:custom.missing, true}", True),
        ("${AWS::Region}", "${AWS::Region}"),
        ("${", "${"),
        ("${}", "${}"),
    ],
)
def test_a_variable_is_resolved_as_far_as_the_file_can_tell(text: str, expected: Any) -> None:
    custom = {"a": 1, "name": "a", "list": ["one", "two"], "loop": "${self:custom.loop}"}
    assert Variables({"service": "shop", "custom": custom}).resolved(text) == expected


def test_variables_that_double_at_every_step_end_soon() -> None:
    texts = {f"v{n}": f"${{self:custom.v{n + 1}}}${{self:custom.v{n + 1}}}" for n in range(60)}
    tables = {f"t{n}": [f"${{self:custom.t{n + 1}}}"] * 2 for n in range(60)}
    for custom in ({**texts, "v60": "x"}, {**tables, "t60": "x"}):
        began = time.process_time()
        with pytest.raises(SettingsError, match="multiply each other"):
            Variables({"custom": custom}).resolved(custom)
        assert time.process_time() - began < 5


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="${}:,'\"selfopt. a", max_size=30))
def test_no_text_makes_the_variables_fail(text: str) -> None:
    found = Variables({"self": {"a": text}, "provider": {"stage": text}}).resolved({"x": text})
    assert isinstance(unresolved(found), bool)
