"""``sameroom secrets``: values that the app reads, and that are nowhere but in SSM."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import SameroomError
from .cloud_options import CloudOptions, cloud_options
from .screen import Printer

if TYPE_CHECKING:
    from ..operate.secrets import Secret


@click.group()
def secrets() -> None:
    """Set, list and compare the secrets that the app reads.

    Each is an encrypted parameter of SSM. Values come from a prompt that shows nothing, from standard input
    or from a file; never from an argument, which others on this machine could see.
    """


_local = click.option("--local", is_flag=True, help="On this machine alone: .sameroom/secrets.env.")


@secrets.command("set")
@click.argument("name", required=False)
@click.option(
    "--from-file", type=click.Path(path_type=Path), metavar="FILE", help="The value is FILE's content."
)
@_local
@cloud_options
def set_secrets(name: str | None, from_file: Path | None, local: bool, **where: Any) -> int:
    """Set the secret NAME; or, without a name, all NAME=VALUE lines of standard input.

    One line feed at the end of standard input or FILE is not part of the value.
    """
    if name is not None and "=" in name:
        raise click.UsageError(
            "A value on the command line is seen by others and kept by the shell: that value is public now, "
            f"take a new one. Type: sameroom secrets set {name.partition('=')[0]}"
        )
    from ..operate import secrets as kept

    options = _options(local, where)
    settings = options.settings()
    wanted = dict(_values(name, from_file))
    for each, value in wanted.items():
        kept.guard(each, value)
    printer = Printer(sys.stdout)
    if local:
        target = kept.keep(Path.cwd(), options.stage, {**kept.local(Path.cwd(), options.stage), **wanted})
        for each in wanted:
            _done(printer, f"{each} is set in {target.relative_to(Path.cwd())}.")
    else:
        _put(printer, options, wanted)
    new = sorted(set(wanted) - set(settings.secrets))
    if new:
        names = ", ".join(f'"{each}"' for each in (*settings.secrets, *new))
        printer.line(f"  {printer.paint('yellow', '▲')} Not declared yet, so no function may read it. Add:")
        printer.line(f"    {printer.paint('cyan', f'secrets = [{names}]')}")
    elif not local:
        printer.line(
            printer.paint(
                "dim", "  secret() has it within five minutes, app.config when functions start anew."
            )
        )
    return 0


def _put(printer: Printer, options: CloudOptions, wanted: Mapping[str, str]) -> None:
    from ..operate import secrets as kept
    from ..project.naming import project_name

    settings, stack = options.settings(), options.stack()
    cloud, project = options.connect(settings.region), project_name(Path.cwd(), settings)
    for each, value in wanted.items():
        done = kept.put(cloud, stack, project, each, value)
        _done(printer, f"{each} is set for {stack}.")
        if done.advanced:
            size = len(value.encode())
            printer.line(
                f"  {printer.paint('yellow', '▲')} It is an advanced parameter ({size} bytes; beyond "
                f"{kept.STANDARD}), at ${kept.DOLLARS:.2f} a month."
            )


@secrets.command("list")
@cloud_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_secrets(as_json: bool, **where: Any) -> int:
    """List names, never values: those that are set, and those that are declared and missing."""
    from ..operate import secrets as kept

    options = CloudOptions(**where)
    settings, stack = options.settings(), options.stack()
    there = kept.listed(options.connect(settings.region), stack)
    different = kept.difference(settings.secrets, there)
    printer = Printer(sys.stdout)
    if as_json:
        told = {"stack": stack, "secrets": [one._asdict() for one in there], **different._asdict()}
        printer.line(json.dumps(told, ensure_ascii=False))
        return 0
    _show(printer, there, different.undeclared)
    for name in different.missing:
        todo = f"sameroom secrets set {name}{options_of(options)}"
        printer.line(f"  {name:<32} {printer.paint('red', 'missing')}: {todo}")
    if not (there or different.missing):
        printer.line(f"No secrets are declared, and none are set for {stack}.")
    return 0


@secrets.command()
@cloud_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diff(as_json: bool, **where: Any) -> int:
    """Compare what the settings declare with what is set. Exit status 1 when some are missing."""
    from ..operate import secrets as kept

    options = CloudOptions(**where)
    settings, stack = options.settings(), options.stack()
    found = kept.difference(settings.secrets, kept.listed(options.connect(settings.region), stack))
    printer = Printer(sys.stdout)
    if as_json:
        printer.line(json.dumps({"stack": stack, **found._asdict()}, ensure_ascii=False))
        return 1 if found.missing else 0
    for name in found.missing:
        printer.line(f"{printer.paint('red', '-')} {name:<32} declared, and not set")
    for name in found.undeclared:
        printer.line(f"{printer.paint('yellow', '+')} {name:<32} set, and not declared")
    if not (found.missing or found.undeclared):
        printer.line(
            f"{printer.paint('green', '✓')} All {len(found.both)} declared secrets are set for {stack}."
        )
    return 1 if found.missing else 0


@secrets.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_local
@cloud_options
def unset(names: Sequence[str], local: bool, **where: Any) -> int:
    """Take secrets away."""
    from ..operate import secrets as kept

    options = _options(local, where)
    printer = Printer(sys.stdout)
    gone: Sequence[str]
    if local:
        there = kept.local(Path.cwd(), options.stage)
        gone, place = sorted({*names} & there.keys()), "this machine"
        if gone:
            rest = {name: value for name, value in there.items() if name not in gone}
            kept.keep(Path.cwd(), options.stage, rest)
    else:
        place = options.stack()
        gone = kept.unset(options.connect(), place, list(dict.fromkeys(names)))
    for name in gone:
        _done(printer, f"{name} is gone from {place}.")
    absent = [name for name in dict.fromkeys(names) if name not in gone]
    if absent:
        raise SameroomError(
            f"{'T' + place[1:] if local else place} has no secret {', '.join(absent)}.",
            next="" if local else f"sameroom secrets list{options_of(options)}",
        )
    return 0


@secrets.command()
@cloud_options
def pull(**where: Any) -> int:
    """Write all names and values to .sameroom/secrets.env, for work on this machine.

    Only you can read the file, and git does not see it. What is set on this machine alone stays.
    """
    from ..operate import secrets as kept

    options = CloudOptions(**where)
    stack = options.stack()
    found = kept.values(options.connect(), stack)
    mine = kept.local(Path.cwd(), options.stage)
    target = kept.keep(Path.cwd(), options.stage, {**mine, **found})
    printer = Printer(sys.stdout)
    count = f"{len(found)} secret{'s' * (len(found) != 1)}"
    _done(printer, f"{count} of {stack} in {target.relative_to(Path.cwd())}")
    if only := sorted(mine.keys() - found.keys()):
        printer.line(printer.paint("dim", f"  On this machine alone, and kept: {', '.join(only)}"))
    return 0


def _options(local: bool, where: dict[str, Any]) -> CloudOptions:
    options = CloudOptions(**where)
    if local and (options.profile or options.region):
        raise click.UsageError("--local is this machine: it has no --profile and no --region.")
    return options


def _done(printer: Printer, text: str) -> None:
    printer.line(f"{printer.paint('green', '✓')} {text}")


def options_of(options: CloudOptions) -> str:
    """The options as they were typed, to be typed again."""
    return "".join(f" --{name} {value}" for name, value in options._asdict().items() if value)


def _show(printer: Printer, there: Sequence[Secret], undeclared: Sequence[str]) -> None:
    for one in there:
        facts = f"{one.changed}  version {one.version}" + ("  advanced" if one.advanced else "")
        note = printer.paint("yellow", "  not declared") if one.name in undeclared else ""
        printer.line(f"  {one.name:<32} {printer.paint('dim', facts)}{note}")


def _values(name: str | None, from_file: Path | None) -> list[tuple[str, str]]:
    """What shall be set, out of a file, a prompt, or standard input."""
    from ..operate.secrets import assignments

    if from_file is not None:
        if name is None:
            raise click.UsageError("--from-file sets one secret: name it.")
        return [(name, _read(from_file))]
    if name is None:
        if sys.stdin.isatty():
            raise click.UsageError("Name the secret, or send NAME=VALUE lines to standard input.")
        found = list(assignments(_text(sys.stdin.buffer.read(), "Standard input")))
        if not found:
            raise SameroomError("Standard input has no NAME=VALUE lines.", next="sameroom secrets set NAME")
        return found
    if sys.stdin.isatty():
        prompt = f"{name} (nothing is shown)"
        return [(name, click.prompt(prompt, hide_input=True, default="", show_default=False, err=True))]
    return [(name, _text(sys.stdin.buffer.read(), "Standard input"))]


def _read(file: Path) -> str:
    try:
        return _text(file.read_bytes(), str(file))
    except OSError as error:
        raise SameroomError(
            f"{file} cannot be read.", why=f"{error.strerror}.", next="Name a file that is there."
        ) from None


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise SameroomError(
            f"{name} is not UTF-8 text.",
            why="SSM keeps text alone.",
            next="Encode it first, for instance as base64.",
        ) from None
    return text.removesuffix("\n").removesuffix("\r")
