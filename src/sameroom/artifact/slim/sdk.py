"""The AWS SDK that Lambda's Python runtimes bring, and whether it will do for a project.

AWS's page says only that the versions depend on the runtime and the region, and how to print them
(docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included). So each row holds the lowest
version that was seen, and what it was seen in; AWS updates the runtimes and does not take versions back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..target import Target

#: All are left to the runtime or none: each knows the others' insides, and AWS replaces them together. Zips
#: with half of them broke in July 2025 (boto/boto3#4579).
SDK = ("boto3", "botocore", "s3transfer")


class Sdk(NamedTuple):
    """What a runtime brings at least."""

    boto3: str
    botocore: str
    s3transfer: str
    #: When it was seen, and where.
    seen: str
    source: str

    def version(self, name: str) -> str:
        """Of one of ``SDK``."""
        return {"boto3": self.boto3, "botocore": self.botocore, "s3transfer": self.s3transfer}[name]


_LOWEST = ("1.38.36", "1.38.36", "0.13.0")
#: By AWS's name of the runtime. In spring 2026 somebody saw 1.40.4 in python3.12; one sighting in one region
#: is not yet what everybody has.
RUNTIMES: Mapping[str, Sdk] = {
    "python3.10": Sdk(*_LOWEST, "2025-09", "updated with the others: developmentseed/titiler-multidim#93"),
    "python3.11": Sdk(*_LOWEST, "2025-07", "updated with the others: boto/boto3#4579"),
    "python3.12": Sdk(*_LOWEST, "2025-08", "terricain/aioboto3#381"),
    "python3.13": Sdk(*_LOWEST, "2025-08", "terricain/aioboto3#381"),
    "python3.14": Sdk(*_LOWEST, "2025-11", "released after that update"),
}

#: What boto3 and botocore 1.38.36 ask for. The project's own copies lie before the runtime's on sys.path, so
#: the runtime's SDK will use those.
_NEEDS = ("jmespath>=0.7.1,<2.0.0", "python-dateutil>=2.1,<3.0.0", "urllib3>=1.25.4,!=2.2.0,<3")


class Asked(NamedTuple):
    """A requirement, and who has it: a distribution's name, or "" for the project."""

    by: str
    requirement: str
    #: The extras of that distribution that somebody asked for.
    extras: frozenset[str] = frozenset()


def objections(target: Target, asked: Iterable[Asked], versions: Mapping[str, str]) -> list[str]:
    """Why the runtime's SDK will not do, one sentence each; none when it will.

    ``versions`` are those of the distributions that travel, the SDK left aside.
    """
    sdk = RUNTIMES.get(target.runtime)
    if sdk is None:
        return [f"what {target.runtime} brings is not known here"]
    found = []
    for by, text, chosen in asked:
        requirement = _parsed(text, target, chosen)
        if requirement is not None and (name := canonicalize_name(requirement.name)) in SDK:
            version = sdk.version(name)
            if requirement.url or requirement.extras or not _allows(requirement, version):
                found.append(f"{by or 'the project'} wants {_written(requirement)}, and {version} is there")
    for text in _NEEDS:
        requirement = Requirement(text)
        travels = versions.get(requirement.name)
        if travels is not None and not _allows(requirement, travels):
            found.append(f"its botocore needs {text}, and {requirement.name} {travels} is locked")
    return sorted(set(found))


def newer(target: Target, locked: Mapping[str, str]) -> list[str]:
    """Those of the SDK in ``locked``, versions by name, that are newer than what is there for certain."""
    sdk = RUNTIMES.get(target.runtime)
    return [
        f"{name} {version} is locked and {sdk.version(name)} is certain"
        for name, version in sorted(locked.items())
        if sdk is not None and name == "boto3" and Version(version) > Version(sdk.version(name))
    ]


def _parsed(text: str, target: Target, chosen: Iterable[str]) -> Requirement | None:
    """The requirement, where it holds on ``target``."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    marker, environment = requirement.marker, target.environment()
    if marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in ("", *chosen)):
        return requirement
    return None


def extras(requirements: Iterable[str]) -> dict[str, frozenset[str]]:
    """The extras that ``requirements`` ask for, by distribution."""
    found: dict[str, frozenset[str]] = {}
    for text in requirements:
        if "[" in text:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            name = canonicalize_name(requirement.name)
            found[name] = found.get(name, frozenset()) | requirement.extras
    return found


def _allows(requirement: Requirement, version: str) -> bool:
    return requirement.specifier.contains(version, prereleases=True)


def _written(requirement: Requirement) -> str:
    requirement.marker = None
    return str(requirement)
