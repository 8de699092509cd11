"""Tells why what was built does not import: what happened, in which line, and the way out. Pure."""

from __future__ import annotations

import errno
import re
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import NotImportable
from ..members import Removed
from ..target import Target
from .names import DISTRIBUTIONS, GONE, NATIVE_OF_PYTHON

#: Frames of one error, and lines of what the app wrote, that are shown.
_FRAMES = 8
_LINES = 12


class Frame(NamedTuple):
    """One line of a traceback."""

    file: str
    line: int
    function: str
    source: str


class Fault(NamedTuple):
    """One exception, as the process told it."""

    #: Names of its class and of those it derives from.
    kinds: tuple[str, ...]
    #: It is the runtime's own: the message says it all.
    ours: bool
    #: "KeyError: 'X'"; of a SyntaxError the line too.
    text: str
    said: str
    #: Of an ImportError or AttributeError.
    name: str
    errno: int
    #: The oldest first.
    frames: tuple[Frame, ...]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Fault:
        frames = tuple(Frame(*frame) for frame in told["frames"])
        return cls(**{**told, "kinds": tuple(told["kinds"]), "frames": frames})


class Scene(NamedTuple):
    """Where it happened."""

    tree: Path
    target: Target
    #: Path in the tree -> owner.
    owners: Mapping[str, str]
    removed: tuple[Removed, ...]
    #: Lines that the app wrote.
    said: tuple[str, ...]
    #: Secrets that it was given without a value of their own.
    pretended: tuple[str, ...] = ()

    def shortened(self, text: str) -> str:
        """``text`` with paths in the tree as they are in the project."""
        return text.replace(f"{self.tree}/", "").replace(str(self.tree), "/var/task")

    def has(self, module: str) -> bool:
        """There is something of ``module`` in the tree."""
        path = module.replace(".", "/")
        return any(name.startswith((f"{path}/", f"{path}.")) for name in self.owners)


def failed(scene: Scene, faults: Sequence[Fault], foreign: str) -> NotImportable | str:
    """What the app raised: an error, or why that says nothing about Lambda.

    ``faults`` are the exception and what it came from; ``foreign`` says why machine code does not run here.
    """
    excuse = _excuse(scene, faults, foreign)
    if excuse:
        return excuse
    if faults[0].ours and not any(_of_app(scene, frame) for frame in faults[0].frames):
        said, elsewhere, _ = faults[0].said.partition(" in any of: ")
        return NotImportable(
            scene.shortened(said) + (" in the artifact." if elsewhere else ""),
            why="\n".join(_written(scene.said)),
            next=_name_it(scene, said),
        )
    if faults[0].ours:
        faults = faults[1:] or faults  # the runtime has put the app's AttributeError into one of its own
    return NotImportable(
        scene.shortened(_what(faults[0])),
        why="\n".join([*_traceback(scene, faults), *_written(scene.said)]),
        next=_way_out(scene, faults),
    )


def ended_early(scene: Scene, status: int | None, timeout: float, begun: bool) -> NotImportable:
    """The process ended before the app was there. ``status`` as subprocess has it; None when it was ended."""
    said, dump = _split_dump(scene.said)
    why = [*_places(scene, dump), *_written(said)]
    if not begun:
        return NotImportable(
            "The Python that was to import the artifact does not start.",
            why="\n".join(why),
            next="Repair or install it: uv python install {}.{}".format(*scene.target.python),
        )
    if status is None or (status == 1 and dump and dump[0].startswith("Timeout (")):
        return NotImportable(
            f"The app was still being imported after {timeout:g} s.",
            why="\n".join(["Lambda gives it 10 s. It was here:", *why]),
            next="Move what waits there (a connection, a download, a loop) into the function that needs it.",
        )
    if status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        return NotImportable(
            f"Importing the app ended the process with {name}.",
            why="\n".join(why),
            next=_after_signal(scene, name, dump),
        )
    return NotImportable(
        f"The app ended its process with status {status} while it was imported.",
        why="\n".join(["Something called os._exit, or exec.", *why]),
        next=_NO_EXIT,
    )


_NO_EXIT = 'Take that out of the module, or put it below `if __name__ == "__main__":`.'


def _excuse(scene: Scene, faults: Sequence[Fault], foreign: str) -> str:
    for fault in faults:
        if fault.name in NATIVE_OF_PYTHON and not scene.has(fault.name):
            version = "{}.{}".format(*scene.target.python)
            return f"this machine's Python {version} was built without {fault.name}, which Lambda's has"
        if "version `GLIBC_" in fault.said:
            return f"this machine's C library is too old for it: {scene.shortened(fault.said)}"
        if foreign and _native(scene, fault):
            return foreign
    return ""


_NOT_IN = re.compile(r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")


def _native(scene: Scene, fault: Fault) -> bool:
    """It failed for want of machine code, which is in the tree."""
    if "ImportError" not in fault.kinds:
        return "OSError" in fault.kinds and "ELF" in fault.said  # ctypes
    libraries = [path for path in scene.owners if path.endswith(".so") or ".so." in path]
    if "ModuleNotFoundError" in fault.kinds:
        names = [fault.name]
    elif found := _NOT_IN.match(fault.said):
        names = [found[2], f"{found[2]}.{found[1]}"]
    else:
        return bool(libraries)
    starts = tuple(f"{name.replace('.', '/')}." for name in names)
    return any(path.startswith(starts) for path in libraries)


#: importlib.metadata's error, a ModuleNotFoundError by descent.
_METADATA = "PackageNotFoundError"


def _what(fault: Fault) -> str:
    text = fault.text.splitlines()[-1][:300]
    if "SystemExit" in fault.kinds:
        return f"The app ended itself while it was imported: {text}."
    if _METADATA in fault.kinds:
        return f"The app asks for the metadata of {fault.name!r}, and the artifact has none."
    if "ModuleNotFoundError" in fault.kinds and fault.name:
        return f"The app does not import: there is no module {fault.name!r} in the artifact."
    if fault.errno == errno.EROFS:
        return "The app writes to a disk that is read-only on Lambda while it is imported."
    if "SyntaxError" in fault.kinds:
        return f"The app cannot be compiled: {text}."
    return f"The app raised an error while it was imported: {text}"


def _name_it(scene: Scene, said: str) -> str:
    if match := re.match(r"SAMEROOM_APP names the module '([\w.]+)'", said):
        return _left_out(scene, match[1]) or (
            "Set app in [tool.sameroom], and see that include and exclude let its file travel."
        )
    if match := re.search(r"Say which: '([^']+)'", said):
        return f'Say which in pyproject.toml: app = "{match[1]}" in [tool.sameroom].'
    if match := re.match(r"The factory (\S+) cannot be called", said):
        return f"Say with what in pyproject.toml: app = \"{match[1]}('...')\" in [tool.sameroom]."
    return 'Say which in pyproject.toml: app = "module:name" in [tool.sameroom].'


def _way_out(scene: Scene, faults: Sequence[Fault]) -> str:
    for fault in faults:
        if _METADATA in fault.kinds:
            return (
                "If that is the project itself, give it name and version in [project] of pyproject.toml; "
                "if not, add the distribution to its dependencies."
            )
        if "ModuleNotFoundError" in fault.kinds and fault.name:
            return _after_missing(scene, fault.name)
        if fault.errno == errno.EROFS:
            return (
                "Only /tmp can be written there. Write to /tmp, to S3 or to a database, "
                "and when a request needs it."
            )
        if "SystemExit" in fault.kinds:
            return _NO_EXIT
        if "SyntaxError" in fault.kinds:
            return f"Mend it, or choose another runtime in [tool.sameroom]; this is {scene.target.runtime}."
        if "KeyError" in fault.kinds and fault.frames and _is_environ(fault.frames[-1]):
            return f'Give it a value: {fault.said.strip(chr(39))} = "..." in [tool.sameroom.env].'
        if match := re.match(r"(\S+\.so[.\d]*): cannot open shared object file", fault.said):
            return (
                f"Lambda has no {match[1]} either: take a distribution that brings it along, or a container "
                "image (sameroom build --image DIR --base LAYOUT)."
            )
        if "unable to open database file" in fault.said:
            return "SQLite can write in /tmp only, and /tmp is gone with the sandbox. Use a database server."
    if scene.pretended:
        commands = ", ".join(f"sameroom secrets set --local {name}" for name in scene.pretended)
        return (
            "Mend it and build again. If it is for want of secrets, of which the build knows nothing but "
            f"names, give it some: {commands}"
        )
    return "Mend it and build again."


def _after_missing(scene: Scene, name: str) -> str:
    top = name.partition(".")[0]
    left_out = _left_out(scene, name)
    if left_out:
        return left_out
    if top in GONE and scene.target.python >= GONE[top][0]:
        version, still = GONE[top]
        gone = "Python has {} no more since {}.{}.".format(top, *version)
        return f"{gone} {still} on PyPI brings it back: add it to the dependencies." if still else gone
    owner = next((owner for path, owner in scene.owners.items() if path.startswith(f"{top}/")), None)
    if owner:
        return (
            f"{owner} is in the artifact, in a version that has no {name}. Look at its version in the lock."
        )
    if owner == "":
        return f"{top} is the project's, and has no {name}. Do include and exclude let its file travel?"
    known = DISTRIBUTIONS.get(top)
    which = f"{known}, which has it," if known else f"the distribution that has it (often {_usual(top)})"
    return (
        f"Add {which} to the dependencies and lock again; or, if a group or an extra has it already, "
        "name that in groups or extras of [tool.sameroom]."
    )


def _usual(module: str) -> str:
    return module.replace("_", "-").lower()


def _left_out(scene: Scene, module: str) -> str:
    """What to do about a module that was removed from the tree; "" when it was not."""
    path = module.replace(".", "/")
    for removed in scene.removed:
        if removed.path.startswith((f"{path}/", f"{path}.")):
            kept = (
                'boto3 = "bundled"'
                if removed.owner in ("boto3", "botocore", "s3transfer")
                else f'include = ["{removed.path}"]'
            )
            return f"sameroom left it out ({removed.reason}). Keep it: {kept} in [tool.sameroom]."
    return ""


def _after_signal(scene: Scene, name: str, dump: Sequence[str]) -> str:
    if name == "SIGKILL":
        return "Usually that is for want of memory. What does it load?"
    place = next(iter(_places(scene, dump)), "").strip().partition(":")[0]
    owner = scene.owners.get(place)
    return f"Machine code does that. Try another version of {owner}." if owner else "Machine code does that."


# Tracebacks


def _is_environ(frame: Frame) -> bool:
    return frame.function == "__getitem__" and (frame.file.endswith("/os.py") or frame.file == "<frozen os>")


def _of_app(scene: Scene, frame: Frame) -> bool:
    """The project's own, or a distribution's: in the tree and not our runtime."""
    start = f"{scene.tree}/"
    return frame.file.startswith(start) and not frame.file.startswith(f"{start}sameroom/")


def _traceback(scene: Scene, faults: Sequence[Fault]) -> list[str]:
    """Errors with their frames, the most recent first, distributions' frames counted rather than shown."""
    lines: list[str] = []
    for number, fault in enumerate(faults):
        text = [scene.shortened(line) for line in fault.text.splitlines()]
        lines += [("from: " if number and not at else "") + line for at, line in enumerate(text)]
        shown = [frame for frame in fault.frames if _of_app(scene, frame)][::-1]
        passed: list[str] = []
        left = _FRAMES
        for frame in shown:
            path = scene.shortened(frame.file)
            owner = scene.owners.get(path, "")
            if owner and frame is not shown[0]:
                passed.append(owner)
                continue
            lines += _passed(passed)
            passed = []
            left -= 1
            if left < 0:
                break
            lines.append(f"  {path}:{frame.line} in {frame.function}")
            if frame.source:
                lines.append(f"    {frame.source[:160]}")
        lines += _passed(passed)
    return lines


def _passed(owners: Sequence[str]) -> list[str]:
    if not owners:
        return []
    s = "s" if len(owners) > 1 else ""
    return [f"  ... {len(owners)} frame{s} in {', '.join(dict.fromkeys(owners))}"]


def _written(lines: Iterable[str]) -> list[str]:
    """The end of what the app wrote."""
    shown = [_harmless(line) for line in lines if line.strip()]
    if not shown:
        return []
    cut = [f"  ... {len(shown) - _LINES} lines before"] if len(shown) > _LINES else []
    return ["It wrote:", *cut, *(f"  {line[:300]}" for line in shown[-_LINES:])]


def _harmless(text: str) -> str:
    """Without characters that could play with a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


_DUMP = re.compile(r"Fatal Python error: |Timeout \(\d+:\d\d:\d\d")
_PLACE = re.compile(r' *File "(.+)", line (\d+) in (.+)$')


def _split_dump(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """What the app wrote, and what faulthandler did when it ended badly."""
    for number, line in enumerate(lines):
        if _DUMP.match(line):
            return lines[:number], lines[number:]
    return lines, ()


def _places(scene: Scene, dump: Sequence[str]) -> list[str]:
    """The frames of a dump that lie in the tree, the most recent first, of the thread that imported."""
    threads: list[list[re.Match[str]]] = [[]]
    for line in dump:
        if "hread 0x" in line:
            threads.append([])
        elif match := _PLACE.match(line):
            threads[-1].append(match)
    importing = next((t for t in threads if t and t[-1][1].endswith("inside.py")), threads[-1])
    frames = [Frame(match[1], int(match[2]), match[3], "") for match in importing]
    return [
        f"  {scene.shortened(frame.file)}:{frame.line} in {frame.function}"
        for frame in frames
        if _of_app(scene, frame)
    ][:_FRAMES]
