"""JSON, YAML and TOML of other tools, read so that nothing in them can hurt.

YAML as CloudFormation writes it: ``!Ref x`` is ``{"Ref": "x"}``, ``!Sub x`` is ``{"Fn::Sub": x}``
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html). Scalars
as YAML 1.2's core schema has them, which these tools' own readers follow: ``on`` and ``no`` are text.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from ...errors import SettingsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: More than any such file has; each alias counts with all that it stands for.
MOST_BYTES = 1 << 19
MOST_NODES = 50_000


class _Loader(yaml.SafeLoader):
    """Safe, with CloudFormation's tags and YAML 1.2's scalars."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _whole_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return int(loader.construct_scalar(node), 10)


_Loader.add_multi_constructor("!", _intrinsic)
_Loader.add_constructor("tag:yaml.org,2002:int", _whole_number)


def read(path: Path) -> dict[str, Any]:
    """The mapping that ``path`` holds, by its suffix.

    :raises SettingsError: it cannot be read, is damaged, is larger than it can be in good faith, or holds
        something other than a mapping. Line and column are told where there is one.
    """
    text = _text(path)
    try:
        found = _parsed(path, text)
    except RecursionError:
        raise SettingsError(f"{path.name} is nested too deeply to be read.", next="Flatten it.") from None
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise SettingsError(
            f"{path.name} does not hold settings.",
            why=f"The whole file is {_kind(found)}; names and values are expected.",
            next="Name the right file with --from, or start without it: --from none.",
        )
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path.name} cannot be read.",
            why=f"{error.strerror}.",
            next="Name a file with --from, or --from none.",
        ) from None
    if len(data) > MOST_BYTES:
        raise SettingsError(
            f"{path.name} is too large to be settings.",
            why=f"It has {len(data):,} bytes; {MOST_BYTES:,} are read.",
            next="Name the right file with --from.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name} is not UTF-8.", why=f"{error}.", next="Save it as UTF-8.") from None


def _parsed(path: Path, text: str) -> Any:
    try:
        if path.suffix == ".json":
            return json.loads(text)
        if path.suffix == ".toml":
            return tomllib.loads(text)
        return _yaml(text, path.name)
    except json.JSONDecodeError as error:
        raise _damaged(path, "JSON", f"{error.msg} at line {error.lineno}, column {error.colno}.") from None
    except tomllib.TOMLDecodeError as error:
        raise _damaged(path, "TOML", f"{error}.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise _damaged(path, "YAML", f"{(error.problem or str(error)).capitalize()}{place}.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise _damaged(path, path.suffix.strip(".").upper(), f"{error}.") from None


def _yaml(text: str, name: str) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        _measure(node, name)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _measure(root: yaml.Node, name: str) -> None:
    """Refuse what would grow without bounds: "billion laughs", and anchors inside themselves."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in open_nodes:
            raise _bomb(name, "An alias stands inside the very thing it stands for.")
        open_nodes.add(id(node))
        total = 1 + sum(map(size, _children(node)))
        if total > MOST_NODES:
            raise _bomb(name, f"With its aliases written out it has more than {MOST_NODES:,} values.")
        sizes[id(node)] = total
        return total

    size(root)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _bomb(name: str, why: str) -> SettingsError:
    return SettingsError(f"{name} cannot be read safely.", why=why, next="Write the aliases out by hand.")


def _damaged(path: Path, form: str, why: str) -> SettingsError:
    return SettingsError(
        f"{path.name} is not valid {form}.", why=why, next="Mend that line, or start without it: --from none."
    )


def _kind(found: Any) -> str:
    names = {list: "a list", str: "one text", int: "one number", type(None): "empty"}
    return names.get(
        type(found), "a mapping whose names are not all text" if isinstance(found, dict) else "a value"
    )
