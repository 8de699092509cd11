"""Damaged, foreign and hostile files, and YAML as CloudFormation writes it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sameroom.errors import SettingsError
from sameroom.project.begin import documents, serverless


def refusal(folder: Path, text: str) -> SettingsError:
    (folder / "serverless.yml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        serverless.read(folder / "serverless.yml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("service: [a\n", "line 2, column 1"),
        ("service: a\n b: c\n", "line 2, column 3"),
        ("a: 1\n\tb: 2\n", "line 2, column 1"),
        ("provider: {name: google}", "for google"),
        ("provider: {name: aws}", "there are no functions"),
        ("functions: {a: {handler: x.y}, b: {handler: x.z}}", "there are a, b"),
        ("- 1\n", "a list"),
        ("", "there are no functions"),
        ("a: !!python/object/apply:os.system [ls]", "line 1"),
        ("? {a: b}\n: c\n", "unhashable"),
        ("a: &a [*a]", "inside the very thing"),
        ("{" * 600, "nested too deeply"),
    ],
)
def test_a_damaged_or_foreign_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    error = refusal(tmp_path, text)
    assert told in str(error)
    assert "Traceback" not in str(error)


def test_a_billion_laughs_are_not_laughed(tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    began = time.process_time()
    assert "aliases written out" in str(refusal(tmp_path, "\n".join(lines)))
    assert time.process_time() - began < 2


def test_cloudformations_short_forms_are_read_as_their_long_ones(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(
        "a: !Ref T\nb: !GetAtt T.Arn\nc: !Sub '${T}-x'\nd: !Join ['-', [a, !Ref T]]\ne: !If [C, {a: 1}, 2]\n"
    )
    assert documents.read(path) == {
        "a": {"Ref": "T"},
        "b": {"Fn::GetAtt": ["T", "Arn"]},
        "c": {"Fn::Sub": "${T}-x"},
        "d": {"Fn::Join": ["-", ["a", {"Ref": "T"}]]},
        "e": {"Fn::If": ["C", {"a": 1}, 2]},
    }


def test_scalars_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(
        "a: yes\nb: off\nc: 010\nd: 12:30:45\ne: 2024-01-01\nf: true\ng: 1.5\nh: ~\ni:\nj: '1'\nk: -3\n"
    )
    assert documents.read(path) == {
        "a": "yes", "b": "off", "c": 10, "d": "12:30:45", "e": "2024-01-01", "f": True,
        "g": 1.5, "h": None, "i": None, "j": "1", "k": -3,
    }  # fmt: skip
