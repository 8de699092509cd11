"""What an artifact is made of, as values and as JSON."""

from __future__ import annotations

import json

from fakes.artifacts import MB, UNPROVEN, artifact, part, shop

from sameroom.artifact.prove import STANDARD_LIBRARY
from sameroom.artifact.report import explain, to_json


def test_rows_have_sizes_share_and_milliseconds_the_largest_first() -> None:
    made, files = shop()
    report = explain(made, files)
    assert [row.name for row in report.rows] == ["numpy", "flask", "sameroom", ""]
    flask = report.rows[1]
    assert (flask.version, flask.zipped, flask.unzipped, flask.files) == ("2.0", 150_000, 440_000, 3)
    assert flask.import_ms == 26.0
    assert report.rows[3].import_ms == 1.0
    assert sum(row.share for row in report.rows) == 1.0
    assert report.elsewhere == ((STANDARD_LIBRARY, 4.0),)


def test_what_was_not_measured_is_none_rather_than_nought() -> None:
    report = explain(artifact([part("flask", MB)], UNPROVEN))
    assert report.rows[0].import_ms is None
    assert report.elsewhere == ()
    told = to_json(report)
    assert told["proof"]["import_ms"] is None
    assert told["proof"]["why_not"].startswith("There is no Python 3.13")


def test_what_was_left_out_is_counted_by_reason() -> None:
    report = explain(shop()[0])
    assert [(one.reason, one.files, one.bytes, one.owners) for one in report.left_out] == [
        ("tests", 3, 30_000, ("numpy",)),
        ("excluded by your settings", 1, 100, ("",)),
    ]


def test_distances_are_to_lambdas_limits() -> None:
    made, _ = shop()
    used = [(one.used, one.most) for one in explain(made).distances]
    assert used == [(made.unzipped, 262_144_000), (made.zipped, 52_428_800)]


def test_the_json_has_the_documented_keys_and_nothing_else() -> None:
    made, files = shop()
    told = json.loads(json.dumps(to_json(explain(made, files))))
    documented = (to_json.__doc__ or "").replace("\n", " ")
    for part_of_it in (
        told,
        told["proof"],
        *(told[key][0] for key in ("parts", "removed", "limits", "advice")),
    ):
        assert all(key in documented for key in part_of_it)
    assert sorted(told["proof"]["imports"][0]) == ["cumulative_ms", "module", "owner", "parent", "self_ms"]
    assert told["removed"][0]["paths"][2] == "numpy/tests/test_2.py"
    assert told["path"] == "/srv/shop/.sameroom/build/shop.zip"


def test_an_empty_artifact_is_no_trouble() -> None:
    assert explain(artifact([], UNPROVEN)).rows == ()
