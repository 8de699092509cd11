"""What every test of this folder begins with."""

from __future__ import annotations

import pytest
from fakes.lambda_pools import count_from_here


@pytest.fixture(autouse=True)
def counts_its_own_processes() -> None:
    count_from_here()
