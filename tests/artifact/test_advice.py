"""Advice is true of the very artifact, has a figure from it, and is silent otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.artifacts import MB, UNPROVEN, artifact, module, part, proof

from sameroom.artifact.desk import Desk
from sameroom.artifact.limits import UNZIPPED, UPLOAD
from sameroom.artifact.parts import Part
from sameroom.artifact.prove import STANDARD_LIBRARY, Imported
from sameroom.artifact.record import Content
from sameroom.artifact.report.advice import RULES, Advice, advise
from sameroom.artifact.target import Target

NOWHERE = Desk(Path("/nowhere"), "shop")


def advised(
    *parts: Part,
    imports: tuple[Imported, ...] = (),
    contents: tuple[Content, ...] = (),
    place: Desk = NOWHERE,
) -> list[Advice]:
    return list(advise(artifact(parts or [part("flask", MB)], proof(*imports), place=place), contents))


def desk_with(folder: Path, files: dict[str, str]) -> Desk:
    """Of an artifact with these files in it."""
    place = Desk(folder, "shop")
    for name, text in files.items():
        path = place.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return place


def test_a_small_sound_artifact_gets_no_advice() -> None:
    imports = (module("flask", "flask", 5.0, 90.0), module("werkzeug", "werkzeug", 60.0, parent="flask"))
    parts = [part("flask", MB), part("", 9000), part("sameroom", 90000), part("psycopg", MB)]
    assert advised(*parts, imports=imports) == []


def test_the_libraries_of_psycopg_are_told_with_their_measured_size() -> None:
    contents = (
        Content("psycopg2_binary.libs/libcrypto.so", "psycopg2-binary", 3 * MB, 8 * MB),
        Content("psycopg2_binary.libs/libpq.so", "psycopg2-binary", MB, 3 * MB),
        Content("psycopg2/_psycopg.so", "psycopg2-binary", MB, 2 * MB),
    )
    (advice,) = advised(part("psycopg2-binary", 5 * MB), contents=contents)
    assert "carries 11.0 MB of libraries" in advice.says
    assert "4.0 MB of the zip" in advice.says
    assert "pg8000" in advice.do
    assert advice.zipped == 5 * MB
    assert advised(part("psycopg2-binary", 5 * MB), contents=contents[2:]) == []


def test_a_bundled_sdk_is_told_with_what_leaving_it_out_saves() -> None:
    (advice,) = advised(part("boto3", MB), part("botocore", 15 * MB), part("s3transfer", MB))
    assert "17.0 MB of the zip" in advice.says
    assert 'boto3 = "runtime"' in advice.do
    assert advised(part("flask", MB), part("six", MB)) == []


@pytest.mark.parametrize(
    "name", ["pandas", "pyarrow", "scipy", "matplotlib", "grpcio", "torch", "opencv-python"]
)
def test_large_distributions_are_told_with_their_share_and_another_way(name: str) -> None:
    (advice,) = advised(part(name, 30 * MB, bytecode=1), part("flask", 10 * MB))
    assert advice.says == f"{name} is 30.0 MB of the zip, 75% of it."
    assert advised(part(name, MB)) == []


def test_numpy_is_not_blamed_where_another_brings_it_along() -> None:
    assert [one.about for one in advised(part("numpy", 9 * MB))] == ["numpy"]
    assert [one.about for one in advised(part("numpy", 9 * MB), part("pandas", 12 * MB))] == ["pandas"]


def test_tools_for_development_are_told_together() -> None:
    (advice,) = advised(
        part("pytest", MB), part("mypy", 9 * MB), part("types-requests", 9000), part("flask", MB)
    )
    assert advice.says == "mypy, pytest, types-requests: for development only, 10.0 MB of the zip."
    assert "group" in advice.do


def test_what_the_app_imports_is_not_called_a_tool() -> None:
    assert advised(part("watchdog", MB), imports=(module("watchdog", "watchdog", 2.0),)) == []


def test_servers_are_of_no_use_on_lambda() -> None:
    (advice,) = advised(part("gunicorn", MB), part("flask", MB))
    assert advice.says == "gunicorn: only to listen on a port, 1.0 MB of the zip."
    assert advised(part("werkzeug", MB)) == []


def test_what_another_distribution_requires_is_not_to_be_left_out(tmp_path: Path) -> None:
    info = "Metadata-Version: 2.1\nName: pypiserver\nRequires-Dist: Pip>=7\nRequires-Dist: numpy\n"
    extra = 'Requires-Dist: gunicorn; extra == "server"\n\nRequires-Dist: pytest\n'
    place = desk_with(tmp_path, {"pypiserver-2.4.dist-info/METADATA": info + extra})
    parts = [part(name, 9 * MB) for name in ("pypiserver", "pip", "numpy", "gunicorn", "pytest")]
    assert [one.about for one in advised(*parts, place=place)] == ["pytest", "gunicorn"]


def test_two_http_clients_are_told_with_what_both_cost() -> None:
    imports = (module("requests", "requests", 30.0, 45.0), module("httpx", "httpx", 20.0, 49.0))
    (advice,) = advised(part("requests", 9000), part("httpx", 8000), imports=imports)
    assert "requests and httpx, and take 45 ms and 49 ms to import" in advice.says
    assert (advice.zipped, advice.milliseconds) == (8000, 45.0)
    assert advised(part("requests", 9000)) == []


def test_cryptography_for_tokens_alone_is_told() -> None:
    (advice,) = advised(part("cryptography", 4 * MB), part("pyjwt", 90000))
    assert "4.0 MB" in advice.says
    assert "HS256" in advice.do
    assert advised(part("cryptography", 4 * MB), part("pyjwt", 90000), part("authlib", 90000)) == []
    assert advised(part("cryptography", 4 * MB)) == []


def test_migrations_imported_with_the_app_are_told_once() -> None:
    alembic = module("alembic", "alembic", 50.0, 70.0, parent="flask_migrate")
    imports = (alembic, module("flask_migrate", "flask-migrate", 1.0, 71.0))
    (advice,) = advised(part("alembic", MB), imports=imports)
    assert advice.says == "flask_migrate takes 71 ms of the start, and no request migrates."
    assert advised(part("alembic", MB), imports=(module("alembic", "alembic", 5.0),)) == []


def test_boto3_at_the_start_is_told_once_with_all_it_brings() -> None:
    imports = (
        module("botocore.session", "botocore", 80.0, parent="boto3"),
        module("boto3", "boto3", 5.0, 85.0),
    )
    (advice,) = advised(imports=imports)
    assert advice.says == "boto3 takes 85 ms of the start."
    assert advised(imports=(module("boto3", "boto3", 5.0),)) == []


def test_slow_imports_of_the_project_are_told_with_who_imports_them() -> None:
    imports = (
        module("numpy", "numpy", 10.0, 80.0, parent="pandas"),
        module("pandas", "pandas", 100.0, 180.0, parent="shop.reports"),
        module("shop.reports", "", 1.0, 181.0),
        module("flask", "flask", 20.0, 90.0),
        module("ssl", STANDARD_LIBRARY, 51.0, parent="flask"),
        module("small", "small", 49.0),
    )
    (advice,) = advised(imports=imports)
    assert advice.about == "pandas"
    assert advice.says == "pandas takes 180 ms of the start, 56% of it (shop.reports imports it)."


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import lxml.etree as xml\ndef view():\n    return xml.parse('a')\n", True),
        ("from lxml import etree\nasync def view():\n    return [etree.parse(a) for a in 'ab']\n", True),
        ("try:\n    import lxml.etree\nexcept ImportError:\n    pass\nf = lambda: lxml.etree\n", True),
        ("from lxml.etree import parse\npage = parse('a')\n", False),
        ("from lxml import etree\nclass Page(etree.Element):\n    pass\n", False),
        ("from lxml import etree\n@etree.view\ndef view():\n    return etree.parse('a')\n", False),
        ("from lxml import etree\ndef view(parser=etree.Parser()):\n    return parser\n", False),
        ("from lxml import etree\n__all__ = ['etree']\n", False),
        ("from django import setup\nsetup()\n", False),
    ],
)
def test_a_slow_import_is_told_where_only_functions_use_it(tmp_path: Path, source: str, told: bool) -> None:
    place = desk_with(tmp_path, {"wsgi.py": source})
    found = advised(imports=(module("lxml.etree", "lxml", 90.0),), place=place)
    assert [one.about for one in found] == ["lxml.etree"] * told


def test_a_slow_import_by_a_relative_name_is_told(tmp_path: Path) -> None:
    source = "from ..vendored import lxml\ndef view():\n    return lxml.parse('a')\n"
    place = desk_with(tmp_path, {"shop/pages/__init__.py": source})
    slow = module("shop.vendored.lxml", "lxml", 90.0, parent="shop.pages")
    (advice,) = advised(imports=(slow, module("shop.pages", "", 1.0, 91.0)), place=place)
    assert advice.about == "shop.vendored.lxml"


def test_an_sdk_that_a_library_imports_is_not_told() -> None:
    imports = (module("boto3", "boto3", 85.0, parent="moto"), module("moto", "moto", 1.0, 86.0, parent=""))
    assert [one.about for one in advised(imports=imports)] == []


def test_without_bytecode_the_way_to_it_is_told() -> None:
    (advice,) = advise(artifact([part("flask", MB, bytecode=0)], UNPROVEN))
    assert "No compiled modules" in advice.says
    assert "uv python install 3.13" in advice.do
    assert list(advise(artifact([part("flask", MB, bytecode=1)], UNPROVEN))) == []


def test_a_limit_that_is_near_or_passed_is_told() -> None:
    (advice,) = advised(part("x", MB, UNZIPPED - 20 * MB))
    assert advice.says == "20.0 MB are left of the 250 MB that Lambda takes unzipped."
    (advice,) = advised(part("x", UPLOAD + MB, UPLOAD + MB))
    assert advice.says == "The zip has 51.0 MB; Lambda itself takes 50.0 MB, more by way of S3."
    assert advised(part("x", UPLOAD, UPLOAD)) == []


def test_the_cheaper_machine_is_told_only_where_nothing_stands_in_its_way() -> None:
    on_x86 = Target((3, 13), "x86_64")
    (advice,) = advise(artifact([part("flask", MB)], target=on_x86))
    assert "arm64 costs a fifth less" in advice.says
    assert list(advise(artifact([part("numpy", MB, native=True)], target=on_x86))) == []
    assert list(advise(artifact([part("flask", MB)]))) == []


def test_what_saves_most_comes_first() -> None:
    found = advised(part("pandas", 20 * MB), part("pytest", MB), imports=(module("lxml", "lxml", 90.0),))
    assert [one.about for one in found] == ["pandas", "pytest", "lxml"]


def test_every_rule_is_asked() -> None:
    from sameroom.artifact.report import advice

    rules = {
        value for name, value in vars(advice).items() if "facts" in getattr(value, "__annotations__", {})
    }
    assert {rule for rule in rules if not rule.__name__.startswith("_")} == set(RULES)
