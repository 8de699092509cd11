from __future__ import annotations

from typing import get_args

import pytest
from packaging.version import Version

from sameroom.artifact.slim.sdk import RUNTIMES, SDK, Asked, extras, newer, objections
from sameroom.artifact.target import Target
from sameroom.project.settings import Runtime

TARGET = Target((3, 13), "arm64")


def test_every_runtime_has_a_row_with_its_source() -> None:
    assert set(RUNTIMES) == set(get_args(Runtime))
    for sdk in RUNTIMES.values():
        assert all(Version(sdk.version(name)) for name in SDK)
        assert sdk.seen >= "2025-07"
        assert sdk.source


def test_the_runtimes_sdk_will_do_for_whom_it_is_new_enough() -> None:
    asked = [Asked("", "boto3>=1.35"), Asked("", "flask"), Asked("apig", "botocore<2,>=1.37")]
    assert objections(TARGET, asked, {"urllib3": "2.8.0", "jmespath": "1.1.0"}) == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked("", "boto3>=1.42"), "the project wants boto3>=1.42, and 1.38.36 is there"),
        (Asked("", "Boto3 == 1.44.5"), "the project wants Boto3==1.44.5, and 1.38.36 is there"),
        (Asked("aiobotocore", "botocore<1.38.47,>=1.38.40"), "aiobotocore wants botocore"),
        (Asked("", "s3transfer>=0.14"), "the project wants s3transfer>=0.14, and 0.13.0 is there"),
        (Asked("", "boto3[crt]>=1.35"), "the project wants boto3[crt]>=1.35"),
        (Asked("", "boto3 @ https://example.org/boto3.whl"), "the project wants boto3 @"),
        (Asked("s3", 'boto3>=1.42; extra == "aws"', frozenset({"aws"})), "s3 wants boto3>=1.42, and"),
        (Asked("s3", "boto3>=1.42; python_version >= '3.13'"), "s3 wants boto3>=1.42, and"),
    ],
)
def test_a_requirement_that_it_does_not_meet_is_said(asked: Asked, sentence: str) -> None:
    (said,) = objections(TARGET, [asked], {})
    assert sentence in said


@pytest.mark.parametrize(
    "asked",
    [
        Asked("s3", 'boto3>=1.42; extra == "aws"'),
        Asked("s3", "boto3>=1.42; python_version < '3.13'"),
        Asked("s3", "boto3>=1.42; platform_machine == 'x86_64'"),
        Asked("s3", "boto3-stubs>=1.42"),
        Asked("s3", "boto3 >> nonsense"),
    ],
)
def test_a_requirement_that_does_not_hold_there_is_passed_over(asked: Asked) -> None:
    assert objections(TARGET, [asked], {}) == []


def test_what_travels_must_suit_the_runtimes_botocore(tmp_path: object) -> None:
    (said,) = objections(TARGET, [], {"urllib3": "3.0.0", "python-dateutil": "2.9.0"})
    assert said == "its botocore needs urllib3>=1.25.4,!=2.2.0,<3, and urllib3 3.0.0 is locked"


def test_a_runtime_that_nobody_has_seen_brings_nothing() -> None:
    assert "python3.15" in objections(Target((3, 15), "arm64"), [], {})[0]


def test_a_newer_lock_is_told_by_boto3_alone() -> None:
    assert newer(TARGET, {"boto3": "1.44.5", "botocore": "1.44.5"}) == [
        "boto3 1.44.5 is locked and 1.38.36 is certain"
    ]
    assert newer(TARGET, {"boto3": "1.38.36"}) == []


def test_the_extras_that_somebody_asks_for_are_gathered() -> None:
    asked = ["Foo_Bar[aws]>=1", "foo-bar[db]; python_version > '3'", "plain", "[broken"]
    assert extras(asked) == {"foo-bar": frozenset({"aws", "db"})}
