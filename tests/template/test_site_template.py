"""The site in the template: cfn-lint and a stand take it; CloudFront's functions, run by node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fakes.cloud import Stand, fresh_name
from fakes.linting import faults
from fakes.site_folder import front_end

from sameroom.errors import TemplateError
from sameroom.project.settings import Settings
from sameroom.site import Place, activate, prepare, publish
from sameroom.template import site_functions
from sameroom.template.assembling import template
from sameroom.template.site import site
from sameroom.template.values import Code, Json, Wish

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
ZONE = "Z0123456789ABCDEF"
NODE = shutil.which("node")


def wish(stack: str = "shop", **settings: Any) -> Wish:
    said = {"site": {"folder": "public"}, **settings}
    code = Code("sameroom-1-eu-west-1", "artifacts/00.zip", "0" * 64, "python3.13", "arm64")
    return Wish(stack, Settings.model_validate(said), code, {"SAMEROOM_APP": "wsgi:app"})


def document(asked: Wish) -> Json:
    """The whole template, the site's part in it."""
    whole: Json = json.loads(template(asked).text)
    part = site(asked)
    for name, resource in part.resources.items():
        whole["Resources"].setdefault(name, {"Type": resource.type, "Properties": resource.properties})
    for name, output in part.outputs.items():
        whole["Outputs"].setdefault(name, {"Value": output.value, "Description": output.description})
    return whole


def config(asked: Wish) -> Json:
    found: Json = site(asked).resources["SiteDistribution"].properties["DistributionConfig"]
    return found


def statements(asked: Wish) -> set[str]:
    policy = site(asked).resources["SiteBucketPolicy"].properties["PolicyDocument"]
    return {statement["Sid"] for statement in policy["Statement"]}


def linted(whole: Json) -> list[str]:
    return faults(json.dumps(whole), "us-east-1", "eu-west-1")


DOMAIN = {"name": "shop.example.com", "zone": ZONE}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"site": {"folder": "public", "spa": True}},
        {"site": {"folder": "public", "api": [], "price_class": "all"}},
        {"door": "function-url", "response_mode": "streaming", "timeout": 60.0},
        {"domain": {**DOMAIN, "certificate": CERTIFICATE}},
        {"domain": DOMAIN, "region": "us-east-1"},
    ],
    ids=["plain", "spa", "files-only", "function-url", "certificate", "own-certificate"],
)
def test_cfn_lint_has_nothing_to_say(settings: dict[str, Any]) -> None:
    assert linted(document(wish(**settings))) == []


def test_cfn_lint_would_say_it() -> None:
    found = document(wish())
    found["Resources"]["SiteDistribution"]["Properties"]["DistributionConfig"]["HttpVersion"] = "http9"
    assert linted(found)


def test_a_project_without_a_site_gets_nothing() -> None:
    assert site(wish(site=None)).resources == {}


def test_the_app_is_behind_its_paths_and_nothing_of_it_is_cached() -> None:
    found = config(wish(site={"folder": "public", "api": ["/api/*", "admin/*", "/admin/*"]}))
    assert [one["PathPattern"] for one in found["CacheBehaviors"]] == ["/api/*", "/admin/*"]
    for behavior in found["CacheBehaviors"]:
        assert behavior["TargetOriginId"] == "app"
        assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert "POST" in behavior["AllowedMethods"]
    assert {entry["ErrorCachingMinTTL"] for entry in found["CustomErrorResponses"]} == {0}


def replaced(asked: Wish) -> dict[int, int]:
    return {
        entry["ErrorCode"]: entry["ResponseCode"]
        for entry in config(asked)["CustomErrorResponses"]
        if "ResponsePagePath" in entry
    }


def test_the_404_page_never_takes_the_place_of_the_apps_404() -> None:
    beside_app = wish()
    assert replaced(beside_app) == {403: 404}
    assert "MissingIs404" not in statements(beside_app)
    files_only = wish(site={"folder": "public", "api": []})
    assert replaced(files_only) == {404: 404}
    assert "MissingIs404" in statements(files_only)
    for untouched in ({"spa": True}, {"not_found": ""}):
        asked = wish(site={"folder": "public", **untouched})
        assert replaced(asked) == {}
        assert "MissingIs404" in statements(asked)


def test_nobody_but_the_distribution_reads_the_bucket_and_only_by_tls() -> None:
    part = site(wish())
    assert statements(wish()) == {"OnlyByTls", "Visitors", "NotYetPublic"}
    bucket = part.resources["SiteBucket"]
    assert set(bucket.properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert not bucket.keep


@pytest.mark.parametrize(
    ("policy", "frame"),
    [
        ("default-src 'self'; frame-ancestors 'none'", "DENY"),
        ("frame-ancestors 'self'", "SAMEORIGIN"),
        ("frame-ancestors https://example.com", None),
        ("default-src 'self'", "SAMEORIGIN"),
        ("", "SAMEORIGIN"),
    ],
)
def test_frames_are_refused_as_the_policy_says(policy: str, frame: str | None) -> None:
    asked = wish(site={"folder": "public", "content_security_policy": policy})
    said = site(asked).resources["SiteHeaders"].properties["ResponseHeadersPolicyConfig"]
    security = said["SecurityHeadersConfig"]
    assert security.get("FrameOptions", {}).get("FrameOption") == frame
    assert ("ContentSecurityPolicy" in security) is bool(policy)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"domain": DOMAIN}, "names no region"),
        ({"domain": DOMAIN, "region": "eu-west-1"}, "is in eu-west-1"),
        ({"domain": {**DOMAIN, "certificate": CERTIFICATE.replace("us-east", "eu-west")}}, "us-east-1 only"),
    ],
)
def test_a_certificate_from_another_region_is_refused_with_a_way_out(
    settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        site(wish(**settings))
    assert said in caught.value.why
    assert "us-east-1" in caught.value.next


def test_names_fit_even_for_a_long_stack_and_differ() -> None:
    names = set()
    for stack in ("a" * 70, "a" * 71, "shop"):
        for resource in site(wish(stack)).resources.values():
            if resource.type == "AWS::CloudFront::Function":
                name = resource.properties["Name"]["Fn::Sub"].replace("${AWS::Region}", "ap-southeast-1")
                assert len(name) <= 64
                names.add(name)
    assert len(names) == 6


def run(code: str, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the function makes of each request."""
    script = f"{code}\nconsole.log(JSON.stringify({json.dumps(requests)}.map(r => handler({{request: r}}))));"
    assert NODE is not None
    said = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True, timeout=30)
    answers: list[dict[str, Any]] = json.loads(said.stdout)
    return answers


def asked_for(uri: str, **query: dict[str, Any]) -> dict[str, Any]:
    return {"uri": uri, "querystring": query, "headers": {"host": {"value": "shop.example.com"}}}


NEEDS_NODE = pytest.mark.skipif(NODE is None, reason="no node here")


@NEEDS_NODE
def test_every_path_without_an_extension_is_the_one_page() -> None:
    paths = {
        "/": "/index.html",
        "/cart": "/index.html",
        "/cart/7/": "/index.html",
        "/v1.2/cart": "/index.html",
        "/app.js": "/app.js",
        "/c++.png": "/c%2B%2B.png",
        "/.well-known/apple-app-site-association": "/.well-known/apple-app-site-association",
    }
    answers = run(site_functions.SPA, [asked_for(path) for path in paths])
    assert [answer["uri"] for answer in answers] == list(paths.values())


@NEEDS_NODE
def test_a_folders_address_is_its_index_and_never_leads_to_another_host() -> None:
    kept = {
        "/": "/index.html",
        "/docs/": "/docs/index.html",
        "/docs/a.html": "/docs/a.html",
        "/a+b.png": "/a%2Bb.png",
        "/.well-known/x": "/.well-known/x",
    }
    answers = run(site_functions.PAGES, [asked_for(path) for path in kept])
    assert [answer["uri"] for answer in answers] == list(kept.values())
    query: dict[str, Any] = {
        "a": {"value": "1", "multiValue": [{"value": "1"}, {"value": "%26"}]},
        "b": {"value": ""},
    }
    moved = run(
        site_functions.PAGES,
        [asked_for("/docs", **query), asked_for("//evil.example"), asked_for("//evil"), asked_for("/\\evil")],
    )
    assert moved[0]["statusCode"] == 302
    assert moved[0]["headers"]["location"]["value"] == "/docs/?a=1&a=%26&b"
    assert moved[1]["uri"] == "//evil.example"
    assert [one["headers"]["location"]["value"] for one in moved[2:]] == ["/evil/", "/evil/"]


@NEEDS_NODE
def test_the_app_is_told_the_host_that_the_visitor_typed() -> None:
    forged = asked_for("/api/x")
    forged["headers"]["x-forwarded-host"] = {"value": "evil.example"}
    (answer,) = run(site_functions.API, [forged])
    assert answer["headers"]["x-forwarded-host"] == {"value": "shop.example.com"}


def test_a_stand_makes_the_stack_and_serves_from_its_bucket(stand: Stand, tmp_path: Path) -> None:
    cloud = stand.cloud()
    stack = fresh_name("site")
    asked = wish(stack, site={"folder": "public", "api": []})
    part = site(asked)
    body = {
        "Resources": {
            name: {"Type": one.type, "Properties": one.properties} for name, one in part.resources.items()
        },
        "Outputs": {name: {"Value": one.value} for name, one in part.outputs.items()},
    }
    cloud.call("cloudformation", "create_stack", StackName=stack, TemplateBody=json.dumps(body))
    for _ in range(100):
        (made,) = cloud.call("cloudformation", "describe_stacks", StackName=stack)["Stacks"]
        if made["StackStatus"] != "CREATE_IN_PROGRESS":
            break
    assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
    outputs = {one["OutputKey"]: one["OutputValue"] for one in made["Outputs"]}
    assert outputs["SiteUrl"].startswith("https://")
    where = Place(stack, outputs["SiteBucket"], outputs["DistributionId"], outputs["SiteBucket"])
    assert asked.settings.site is not None
    prepared = prepare(front_end(tmp_path), asked.settings.site)
    published = publish(cloud, where, prepared, 1)
    assert "/index.html" in activate(cloud, where, published.manifest_key).invalidated
    listed = cloud.call("cloudfront", "list_invalidations", DistributionId=outputs["DistributionId"])
    assert listed["InvalidationList"]["Quantity"] == 1
