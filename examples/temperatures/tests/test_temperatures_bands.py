"""Colour bands: what they say, and what is none."""

from __future__ import annotations

import pytest
from temperatures import bands

USUAL = bands.read(bands.DEFAULT)


@pytest.mark.parametrize(
    ("tenths", "name"),
    [
        (-211, "dark blue"),
        (-1, "dark blue"),
        (0, "blue"),
        (59, "blue"),
        (60, "light blue"),
        (119, "light blue"),
        (120, "cream"),
        (180, "light red"),
        (240, "red"),
        (299, "red"),
        (300, "dark red"),
        (407, "dark red"),
    ],
)
def test_a_bound_belongs_to_the_warmer_band(tenths: int, name: str) -> None:
    assert bands.of(USUAL, tenths).name == name


def test_bands_are_written_as_they_are_read() -> None:
    assert bands.written(USUAL) == bands.DEFAULT
    assert bands.written(bands.read(" -2.5 : Donkerblauw : #1F3B7A ,:crème:f4e6c1")) == (
        "-2.5:Donkerblauw:1f3b7a,:crème:f4e6c1"
    )


def test_ranges_are_told_in_words() -> None:
    assert bands.ranges(bands.read("-2.5:a:000000,6:b:000000,:c:000000")) == [
        "below -2.5 °C",
        "-2.5 to 6 °C",
        "from 6 °C",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "band 1 is ''"),
        (":all:000000", "there are 1 bands"),
        (",".join(f"{bound}:n{bound}:000000" for bound in range(12)) + ",:last:000000", "there are 13 bands"),
        ("0:a:000000,6:b:000000", "the last band has a bound"),
        (":a:000000,:b:000000", "band 1 has no bound"),
        ("6:a:000000,0:b:000000,:c:000000", "band 2 ends at 0.0 °C, which is not above"),
        ("6:a:000000,6:b:000000,:c:000000", "band 2 ends at 6.0 °C, which is not above"),
        ("6:a:000000,:A:ffffff", "two bands are called 'a'"),
        ("6:a,:b:ffffff", "band 1 is '6:a'"),
        ("warm:a:000000,:b:ffffff", "band 1 ends at 'warm'"),
        ("٦:a:000000,:b:ffffff", "band 1 ends at '٦'"),
        ("99:a:000000,:b:ffffff", "band 1 ends at '99'"),
        ("1e1:a:000000,:b:ffffff", "band 1 ends at '1e1'"),
        ("6:a:blue,:b:ffffff", "band 1 has the colour 'blue'"),
        ("6:a:00000٣,:b:ffffff", "band 1 has the colour"),
        ("6::000000,:b:ffffff", "band 1 is called ''"),
        ("6:=cmd|'/c calc':000000,:b:ffffff", "band 1 is called \"=cmd|'/c calc'\""),
        ("6:<script>:000000,:b:ffffff", "band 1 is called '<script>'"),
        (f"6:{'a' * 31}:000000,:b:ffffff", "at most 30"),
    ],
)
def test_what_is_no_set_of_bands_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(bands.BadBands) as refused:
        bands.read(text)
    assert why in str(refused.value)
