"""The bytecode of what a cold start imports, from one file rather than from hundreds.

``sameroom build`` writes the file beside this package, and it is used while the app is being loaded, no
longer. Where a module is found, in what order, and what it then is, is as ever: only its code comes from
elsewhere, and the search for it needs no look at the disk. Sources and .pyc files are where they always are,
for tracebacks, for other programs, and for what is imported later.

The file: eight bytes that say how long the head is, the head, and code objects one after the other. Head and
code are as ``marshal`` writes them; the head is a tuple of four, see ``Bundle``.
"""

from __future__ import annotations

import _imp
import marshal
import mmap
import os
import sys
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
    SourcelessFileLoader,
)
from importlib.util import MAGIC_NUMBER, spec_from_file_location
from types import CodeType, ModuleType

#: Goes up when the file is another.
FORMAT = 1

#: Where a module's code begins, past the head; its size; whether the module is a package.
Place = tuple[int, int, bool]
#: Folder from the root ("" is the root itself; "/" between names) -> name of a module in it -> place.
Index = dict[str, dict[str, Place]]

_ORDINARY = (
    (ExtensionFileLoader, EXTENSION_SUFFIXES),
    (SourceFileLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)


class Bundle:
    """While entered, modules below the folder ``root`` get their code from the file at ``path`` if it has it.

    A file of another format, or for another Python, is as good as none.

    :raises OSError: it cannot be read.
    """

    def __init__(self, path: str, root: str) -> None:
        self.root = root
        self.index: Index = {}
        #: None once it is over.
        self.codes: memoryview | None = None
        with open(path, "rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        start = 8 + int.from_bytes(data[:8], "little")
        made_by, magic, index, patterns = marshal.loads(data[8:start])  # noqa: S302  # ours
        if (made_by, magic) != (FORMAT, MAGIC_NUMBER):
            return
        self.index, self.codes = index, data[start:]
        if patterns:
            from .patterns import install

            install(*patterns)

    def __enter__(self) -> None:
        sys.path_hooks.insert(0, self)
        self._renew()

    def __exit__(self, *_: object) -> None:
        # Not closed but let go: a thread of the app's may be importing.
        self.codes = None
        if self in sys.path_hooks:
            sys.path_hooks.remove(self)
        self._renew()

    def _renew(self) -> None:
        """Whoever imports from below the root next asks ``sys.path_hooks`` anew."""
        for folder in list(sys.path_importer_cache):
            if folder == self.root or folder.startswith(self.root + os.sep):
                sys.path_importer_cache.pop(folder, None)

    def __call__(self, folder: str) -> Finder:
        """As ``sys.path_hooks`` are called: the finder for a folder that has a module in the file."""
        inside = "" if folder == self.root else folder.removeprefix(self.root + os.sep)
        places = self.index.get(inside.replace(os.sep, "/"))
        if places is None:
            raise ImportError(f"the bundle has nothing in {folder}", path=folder)
        return Finder(folder, self, places)


class Finder(FileFinder):
    """Finds the modules in one folder, and those that are in the file without a look at the disk."""

    def __init__(self, folder: str, bundle: Bundle, places: dict[str, Place]) -> None:
        super().__init__(folder, *_ORDINARY)
        self._bundle = bundle
        self._places = places

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        name = fullname.rpartition(".")[2]
        place = self._places.get(name)
        if place is None or self._bundle.codes is None:
            return super().find_spec(fullname, target)
        folder = f"{self.path}{os.sep}{name}"
        path = f"{folder}{os.sep}__init__.py" if place[2] else f"{folder}.py"
        loader = Loader(fullname, path)
        loader.bundle, loader.place = self._bundle, place
        inside = [folder] if place[2] else None
        return spec_from_file_location(fullname, path, loader=loader, submodule_search_locations=inside)


class Loader(SourceFileLoader):
    """Loads one module, and leaves it with the ordinary loader that it would have had."""

    bundle: Bundle
    place: Place

    def get_code(self, fullname: str) -> CodeType | None:
        module = sys.modules.get(fullname)
        spec = getattr(module, "__spec__", None)
        if module is not None and spec is not None and spec.loader is self:
            spec.loader = module.__loader__ = SourceFileLoader(self.name, self.path)
        codes = self.bundle.codes
        if codes is None:
            return super().get_code(fullname)
        offset, size, _ = self.place
        code: CodeType = marshal.loads(codes[offset : offset + size])  # noqa: S302  # ours
        _imp._fix_co_filename(code, self.path)  # type: ignore[attr-defined]  # as SourceLoader does
        return code
