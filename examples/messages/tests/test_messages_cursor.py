"""Cursors: only our own are taken, and they say nothing but a place."""

from __future__ import annotations

import base64
import zlib

import pytest
from app import cursor
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=500))
def test_a_cursor_leads_back_to_its_place(message_id: str) -> None:
    encoded = cursor.encode(message_id)
    assert cursor.decode(encoded) == message_id
    assert encoded.isascii()
    assert not set(encoded) & set("=+/&%")


@given(st.text(max_size=60))
def test_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        cursor.decode(text)


def test_a_cursor_with_one_letter_changed_is_refused() -> None:
    good = cursor.encode("00000000-0000-4000-8000-000000000000")
    for place in range(len(good)):
        for letter in "Aa0_-":
            changed = good[:place] + letter + good[place + 1 :]
            if changed != good:
                with pytest.raises(ValueError, match="not a cursor"):
                    cursor.decode(changed)


@pytest.mark.parametrize("place", [b"", b"x" * 2049, b"\xff\xfe"])
def test_a_cursor_to_no_possible_place_is_refused_even_with_the_right_checksum(place: bytes) -> None:
    forged = base64.urlsafe_b64encode(zlib.crc32(place).to_bytes(4, "big") + place).rstrip(b"=").decode()
    with pytest.raises(ValueError, match="not a cursor"):
        cursor.decode(forged)
