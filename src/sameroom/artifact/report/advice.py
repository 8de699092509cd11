"""What would make this very artifact smaller or quicker to start: rules, each with a figure from it.

A rule says nothing unless it is true of what was built, and in the hands of those who built it. What a
request needs is not known here, so advice about imports says on what it depends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..limits import MB, UNZIPPED, UPLOAD, mb, ms
from ..parts import Part
from ..prove import Imported
from ..record import Artifact, Content
from . import needs
from .advice_names import CHEAPER, CRYPTOGRAPHY_USERS, DEVELOPMENT, FRAMEWORKS, NEEDED_BY, SDK, SERVERS

#: Below these nothing is worth anybody's time: bytes, and milliseconds.
WORTH = 512 * 1024
SLOW = 50.0
_NOTICED = 20.0


class Advice(NamedTuple):
    """One thing to do."""

    #: The distribution or module it is about, "" for the artifact.
    about: str
    #: What is the matter, with its figure.
    says: str
    do: str
    #: Bytes of the zip, and milliseconds of the start, that it can save; 0 where that is not known.
    zipped: int = 0
    milliseconds: float = 0.0


class Facts(NamedTuple):
    """What the rules look at."""

    artifact: Artifact
    parts: Mapping[str, Part]
    contents: tuple[Content, ...]
    #: The first import of each module.
    imports: Mapping[str, Imported]
    #: Distributions that another one requires, so that nobody can leave them out.
    required: frozenset[str]


Rule = Callable[[Facts], Iterable[Advice]]


def advise(artifact: Artifact, contents: Iterable[Content] = ()) -> tuple[Advice, ...]:
    """All advice about ``artifact``, what saves most first."""
    imports: dict[str, Imported] = {}
    for one in artifact.proof.imports:
        imports.setdefault(one.module, one)
    parts = {part.name: part for part in artifact.parts}
    facts = Facts(artifact, parts, tuple(contents), imports, needs.required(artifact.place.tree))
    found = [advice for rule in RULES for advice in rule(facts)]
    return tuple(sorted(found, key=lambda advice: (-advice.zipped, -advice.milliseconds)))


def no_bytecode(facts: Facts) -> Iterator[Advice]:
    """Without compiled modules every cold start compiles; on the machine we measured it took 2.5 to 3.2
    times as long."""
    if any(part.bytecode for part in facts.artifact.parts):
        return
    version = "{}.{}".format(*facts.artifact.target.python)
    yield Advice(
        "",
        f"No compiled modules are in the zip, so Lambda compiles all that it imports at every cold start "
        f"({facts.artifact.files:,} files are in it).",
        f"Have a Python {version} on this machine (uv python install {version}), and bytecode = true in "
        "[tool.sameroom].",
    )


def bundled_sdk(facts: Facts) -> Iterator[Advice]:
    found = [facts.parts[name] for name in SDK if name in facts.parts]
    size = sum(part.zipped for part in found)
    if "botocore" in facts.parts and size >= WORTH:
        names = ", ".join(part.name for part in found)
        yield Advice(
            "boto3",
            f"{names} are {mb(size)} of the zip, and Lambda's runtime has them too.",
            'boto3 = "runtime" in [tool.sameroom] leaves them out, where the runtime\'s version will do.',
            size,
        )


def own_libraries(facts: Facts) -> Iterator[Advice]:
    """psycopg's binary distributions bring libpq and what it needs."""
    for name in ("psycopg2-binary", "psycopg-binary"):
        if name not in facts.parts:
            continue
        folder = f"{name.replace('-', '_')}.libs/"
        libraries = [content for content in facts.contents if content.path.startswith(folder)]
        size = sum(content.unzipped for content in libraries)
        if size < WORTH:
            continue
        yield Advice(
            name,
            f"{name} carries {mb(size)} of libraries (libpq, OpenSSL, Kerberos ...), "
            f"{mb(sum(content.zipped for content in libraries))} of the zip.",
            "pg8000 is pure Python and needs none of them (SQLAlchemy: postgresql+pg8000://); "
            "it is slower with large results.",
            facts.parts[name].zipped,
        )


def big_ones(facts: Facts) -> Iterator[Advice]:
    for name, way in CHEAPER.items():
        part = facts.parts.get(name)
        needed = name in facts.required or bool(NEEDED_BY.get(name, set()) & facts.parts.keys())
        if part and part.zipped >= 5 * MB and not needed:
            share = part.zipped / facts.artifact.zipped
            yield Advice(
                name, f"{name} is {mb(part.zipped)} of the zip, {share:.0%} of it.", way, part.zipped
            )


def development(facts: Facts) -> Iterator[Advice]:
    """What serves on a developer's machine only, and is not imported with the app."""
    yield from _unused(
        facts,
        lambda name: (
            name in DEVELOPMENT or name.startswith(("types-", "mypy-boto3-")) or name.endswith("-stubs")
        ),
        "for development only",
        "A dependency group (`uv add --group dev`) does not travel.",
    )


def servers(facts: Facts) -> Iterator[Advice]:
    yield from _unused(
        facts,
        lambda name: name in SERVERS,
        "only to listen on a port",
        "On Lambda there is no server: move it to an extra or a group of those who run one.",
    )


def _unused(facts: Facts, meant: Callable[[str], bool], what: str, do: str) -> Iterator[Advice]:
    used = {one.owner for one in facts.imports.values()} | facts.required
    found = [part for name, part in facts.parts.items() if meant(name) and name not in used]
    size = sum(part.zipped for part in found)
    if found:
        names = ", ".join(sorted(part.name for part in found))
        yield Advice(names, f"{names}: {what}, {mb(size)} of the zip.", do, size)


def two_http_clients(facts: Facts) -> Iterator[Advice]:
    found = [facts.parts[name] for name in ("requests", "httpx") if name in facts.parts]
    if len(found) < 2:
        return
    one, other = (_first(facts, name) for name in ("requests", "httpx"))
    least, cost = 0.0, ""
    if one and other:
        least = min(one.cumulative_ms, other.cumulative_ms)
        cost = f", and take {ms(one.cumulative_ms)} and {ms(other.cumulative_ms)} to import"
    yield Advice(
        "requests, httpx",
        f"Two HTTP clients are in the zip, requests and httpx{cost}.",
        "Where both are of your choosing, one will do.",
        min(part.zipped for part in found),
        least,
    )


def cryptography(facts: Facts) -> Iterator[Advice]:
    """PyJWT wants it for asymmetric keys alone (pyjwt.readthedocs.io/en/stable/installation.html)."""
    part = facts.parts.get("cryptography")
    needed = "cryptography" in facts.required or CRYPTOGRAPHY_USERS & facts.parts.keys()
    if part and "pyjwt" in facts.parts and not needed:
        yield Advice(
            "cryptography",
            f"cryptography is {mb(part.zipped)} of the zip.",
            "PyJWT needs it for RS, ES, PS and EdDSA keys only. Where all tokens are HS256, leave it out.",
            part.zipped,
        )


def migrations(facts: Facts) -> Iterator[Advice]:
    found = _first(facts, "flask_migrate") or _first(facts, "alembic")
    if found and found.cumulative_ms >= _NOTICED and _owner_of(facts, found.parent) == "":
        yield Advice(
            found.module,
            f"{found.module} takes {ms(found.cumulative_ms)} of the start, and no request migrates.",
            "Import it in the command that migrates, not with the app.",
            milliseconds=found.cumulative_ms,
        )


def sdk_at_start(facts: Facts) -> Iterator[Advice]:
    found = _first(facts, "boto3") or _first(facts, "botocore")
    if found and found.cumulative_ms >= _NOTICED and _owner_of(facts, found.parent) == "":
        yield Advice(
            found.module,
            f"{found.module} takes {ms(found.cumulative_ms)} of the start.",
            "Where not every request needs it, import it and make its clients in the function that does.",
            milliseconds=found.cumulative_ms,
        )


def slow_imports(facts: Facts) -> Iterator[Advice]:
    """Of what the project's own modules import and use in functions alone, what takes long."""
    told = {"boto3", "botocore", "alembic", "flask_migrate"}
    slow = [
        one
        for one in facts.imports.values()
        if one.cumulative_ms >= SLOW
        and one.owner not in FRAMEWORKS
        and one.owner
        and one.module.partition(".")[0] not in told
        and _owner_of(facts, one.parent) == ""
        and needs.can_wait(facts.artifact.place.tree, one.parent, one.module)
    ]
    for one in sorted(slow, key=lambda one: -one.cumulative_ms)[:3]:
        share = one.cumulative_ms / facts.artifact.proof.import_ms
        yield Advice(
            one.module,
            f"{one.module} takes {ms(one.cumulative_ms)} of the start, {share:.0%} of it "
            f"({one.parent or 'the app'} imports it).",
            "Where not every request needs it, import it in the function that does.",
            milliseconds=one.cumulative_ms,
        )


def near_the_limits(facts: Facts) -> Iterator[Advice]:
    artifact = facts.artifact
    if artifact.unzipped > UNZIPPED * 0.8:
        yield Advice(
            "",
            f"{mb(UNZIPPED - artifact.unzipped)} are left of the {mb(UNZIPPED)} that Lambda takes unzipped.",
            "A container image may have 10 GB: sameroom build --image DIR --base LAYOUT.",
        )
    if artifact.zipped > UPLOAD:
        yield Advice(
            "",
            f"The zip has {mb(artifact.zipped)}; Lambda itself takes {mb(UPLOAD)}, more by way of S3.",
            "sameroom deploy goes by way of S3. By hand, upload it to a bucket and name that.",
            artifact.zipped - UPLOAD,
        )


def cheaper_machine(facts: Facts) -> Iterator[Advice]:
    """A GB-second costs $0.0000166667 on x86_64 and $0.0000133334 on arm64 in us-east-1
    (aws.amazon.com/lambda/pricing)."""
    artifact = facts.artifact
    if artifact.target.architecture == "x86_64" and not any(part.native for part in artifact.parts):
        yield Advice(
            "",
            "It is built for x86_64, and none of its files is machine code; arm64 costs a fifth less.",
            'architecture = "arm64" in [tool.sameroom].',
        )


RULES: tuple[Rule, ...] = (
    no_bytecode,
    bundled_sdk,
    own_libraries,
    big_ones,
    development,
    servers,
    two_http_clients,
    cryptography,
    migrations,
    sdk_at_start,
    slow_imports,
    near_the_limits,
    cheaper_machine,
)


def _first(facts: Facts, package: str) -> Imported | None:
    """The import that brought ``package`` in with all that it needs."""
    found = [one for one in facts.imports.values() if one.module.partition(".")[0] == package]
    return max(found, key=lambda one: one.cumulative_ms, default=None)


def _owner_of(facts: Facts, module: str) -> str | None:
    return facts.imports[module].owner if module in facts.imports else None
