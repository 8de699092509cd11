"""Lambda's limits, and those that a CI run sets."""

from __future__ import annotations

import pytest

from sameroom.artifact.limits import MB, UNZIPPED, UPLOAD, guard, guard_import, guard_size, mb, ms
from sameroom.artifact.parts import Part
from sameroom.artifact.prove import Imported, Proof
from sameroom.errors import TooLarge


def part(name: str, unzipped: int, zipped: int = 0) -> Part:
    return Part(name, "1.0" if name else "", zipped, unzipped, 3, 0, native=False)


SIZES = {"": 2, "torch": 180, "pandas": 70, "numpy": 40, "six": 1, "scipy": 30, "flask": 1}
PARTS = [part(name, size * MB, size * MB // 4) for name, size in SIZES.items()]


def test_the_limits_are_the_bytes_that_aws_counts() -> None:
    assert (UNZIPPED, UPLOAD) == (262_144_000, 52_428_800)


def test_what_fits_to_the_byte_passes() -> None:
    guard([part("a", UNZIPPED)])
    guard_size([part("a", 1)], 2 * MB, 2)


def test_what_is_one_byte_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        guard([part("a", UNZIPPED), part("b", 1)])
    with pytest.raises(TooLarge):
        guard_size([], 2 * MB + 1, 2)


def test_the_five_that_fill_it_are_named_with_their_size_and_the_way_out() -> None:
    with pytest.raises(TooLarge) as caught:
        guard(PARTS)
    error = caught.value
    assert error.what == "The artifact has 324 MB unzipped, and Lambda takes 250 MB."
    assert [line.split() for line in error.why.splitlines()[1:]] == [
        ["180", "MB", "torch", "1.0"],
        ["70.0", "MB", "pandas", "1.0"],
        ["40.0", "MB", "numpy", "1.0"],
        ["30.0", "MB", "scipy", "1.0"],
        ["2.0", "MB", "(your", "project)"],
    ]
    assert "sameroom build --image" in error.next


def test_max_size_speaks_of_the_zip() -> None:
    with pytest.raises(TooLarge) as caught:
        guard_size(PARTS, 81 * MB, 40)
    assert caught.value.what == "The zip has 81.0 MB, and --max-size allows 40 MB."
    assert "45.0 MB  torch 1.0" in caught.value.why


def test_max_import_ms_names_the_slowest() -> None:
    imports = (
        Imported("numpy", "numpy", 80.0, 80.0, "wsgi"),
        Imported("pandas", "pandas", 250.0, 330.0, "wsgi"),
        Imported("wsgi", "", 5.0, 335.0, ""),
    )
    proof = Proof(True, "", 335.0, imports)
    guard_import(proof, 335)
    with pytest.raises(TooLarge) as caught:
        guard_import(proof, 300)
    assert "takes 335 ms to import, and --max-import-ms allows 300 ms" in caught.value.what
    assert caught.value.why.splitlines()[1:] == [
        "    250 ms  pandas",
        "     80 ms  numpy",
        "    5.0 ms  (your project)",
    ]


def test_a_limit_on_what_was_never_measured_does_not_pass() -> None:
    with pytest.raises(TooLarge, match="cannot be judged") as caught:
        guard_import(Proof(False, "There is no Python 3.14 on this machine.", 0.0), 1000)
    assert caught.value.why == "There is no Python 3.14 on this machine."


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0.00 MB"), (1, "<0.01 MB"), (MB // 2, "0.50 MB"), (3 * MB // 2, "1.5 MB"), (2000 * MB, "2,000 MB")],
)
def test_sizes_are_written_as_short_as_they_can_be(size: int, shown: str) -> None:
    assert mb(size) == shown
    assert (ms(3.14159), ms(1234.5)) == ("3.1 ms", "1,234 ms")
