"""The fixtures that tests/ and examples/ share, and the order of their files."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec

import pytest

# On the other Pythons (make test-pythons) there is the runtime alone, and no AWS.
pytest_plugins = ("fakes.postgres", *(("fakes.stands",) if find_spec("boto3") else ()))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin, then those with many: where files run side by side (pytest-xdist), the
    last ones are short, and no process waits long for another."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -many[item.path], item.path))
