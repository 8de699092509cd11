"""The fixtures that tests/ and examples/ share."""

pytest_plugins = ("fakes.stands",)
