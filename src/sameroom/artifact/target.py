"""What an artifact is built for: one Lambda runtime on one architecture."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from packaging.tags import Tag

Architecture = Literal["x86_64", "arm64"]


class Target(NamedTuple):
    """A managed runtime, for instance python3.13 on arm64.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """

    python: tuple[int, int]
    architecture: Architecture

    @property
    def runtime(self) -> str:
        """AWS's name: "python3.13"."""
        return "python{}.{}".format(*self.python)

    @property
    def machine(self) -> str:
        """The kernel's name, as in wheels' tags: "aarch64" or "x86_64"."""
        return "aarch64" if self.architecture == "arm64" else "x86_64"

    @property
    def glibc(self) -> tuple[int, int]:
        """The newest manylinux that runs there: Amazon Linux 2 has glibc 2.26, Amazon Linux 2023 has 2.34
        (docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html)."""
        return (2, 34) if self.python >= (3, 12) else (2, 26)

    @property
    def platform(self) -> str:
        """uv's --python-platform; it knows 2_17 (manylinux2014), 2_28, and 2_31 to 2_40."""
        return f"{self.machine}-manylinux_2_34" if self.glibc >= (2, 34) else f"{self.machine}-manylinux2014"

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"

    def tags(self) -> tuple[Tag, ...]:
        """Tags of wheels that run there, the best first
        (packaging.python.org/en/latest/specifications/platform-compatibility-tags)."""
        return _tags(self)

    def environment(self) -> dict[str, str]:
        """PEP 508's marker variables there."""
        version = "{}.{}".format(*self.python)
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{version}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{version}.0",
            "python_version": version,
            "sys_platform": "linux",
        }


@cache
def _tags(target: Target) -> tuple[Tag, ...]:
    from packaging.tags import compatible_tags, cpython_tags

    platforms = []
    for minor in range(target.glibc[1], 16, -1):
        platforms.append(f"manylinux_2_{minor}_{target.machine}")
        if minor == 17:
            platforms.append(f"manylinux2014_{target.machine}")
    if target.machine == "x86_64":
        platforms += [f"manylinux_2_{minor}_x86_64" for minor in range(16, 4, -1)]
        platforms += ["manylinux2010_x86_64", "manylinux1_x86_64"]
    platforms.append(f"linux_{target.machine}")
    version = target.python
    interpreter = "cp{}{}".format(*version)
    return (
        *cpython_tags(version, abis=[interpreter], platforms=platforms),
        *compatible_tags(version, interpreter, platforms),
    )
