"""The fixtures that tests/ and examples/ share."""

from importlib.util import find_spec

# On the other Pythons (make test-pythons) there is the runtime alone, and no AWS.
pytest_plugins = ("fakes.postgres", *(("fakes.stands",) if find_spec("boto3") else ()))
