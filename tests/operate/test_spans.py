"""How far back to look."""

from __future__ import annotations

import pytest

from sameroom.errors import SettingsError
from sameroom.operate.spans import seconds_back

NOW = 1_795_244_806.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172800), ("1.5H", 5400), ("1w", 604800)],
)
def test_spans_are_read_as_people_type_them(text: str, seconds: float) -> None:
    assert seconds_back(text, NOW) == seconds


def test_a_moment_is_in_utc_unless_it_says_otherwise() -> None:
    assert seconds_back("2026-11-21T07:06:36Z", NOW) == 10
    assert seconds_back("2026-11-21T07:06:36", NOW) == 10
    assert seconds_back("2026-11-21T08:06:36+01:00", NOW) == 10


@pytest.mark.parametrize(
    "text", ["", "soon", "10", "m10", "-5m", "0s", "10x", "2027-01-01", "99999w", "zehn"]
)
def test_what_is_no_time_in_the_past_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        seconds_back(text, NOW)
    assert f"--since {text}" in caught.value.what
    assert "10m" in caught.value.next
