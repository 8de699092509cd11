"""serverless.yml with serverless-wsgi: what becomes of it, what of its variables, and what is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.errors import SettingsError
from sameroom.project.begin import serverless
from sameroom.project.begin.carried import Carried
from sameroom.project.settings import Settings

PLAIN = """
service: shop
provider:
  name: aws
  runtime: python3.13
plugins: [serverless-wsgi, serverless-python-requirements]
functions:
  api:
    handler: wsgi_handler.handler
    events:
      - httpApi: '*'
custom:
  wsgi:
    app: app.app
"""

#: Phase 2 of "Connecting the dots": the Flask object itself for a handler, four explicit events.
DOTS = """
service: serverless-flask
frameworkVersion: '3'
provider:
  name: aws
  runtime: python3.13
  stage: dev
plugins: [serverless-wsgi]
custom:
  wsgi:
    app: app.app
    packRequirements: false
    pythonBin: /home/somebody/.pyenv/shims/python
functions:
  app:
    handler: app.app
    events:
      - http: {path: /, method: get}
      - http: {path: /contact, method: get}
      - http: {path: /dashboard, method: get}
      - http: {path: /submit_contact, method: post, cors: true}
package:
  patterns: ['!node_modules/**', '!venv/**', '!terraform/**']
"""

#: A message store: table by CloudFormation, its name by variables.
MESSAGES = """
service: messages
provider:
  name: aws
  runtime: python3.12
  stage: ${opt:stage, 'dev'}
  memorySize: 256
  timeout: 29
  architecture: arm64
  environment:
    DDB_TABLE_NAME: !Ref MessagesTable
    LEVEL: ${self:custom.level.${self:provider.stage}, 'info'}
    TOKEN: ${ssm:/service/token}
    SITE: ${env:SITE, 'https://example.org'}
custom:
  level: {prod: warn}
  wsgi:
    app: backend/api.app
functions:
  api:
    handler: wsgi_handler.handler
    memorySize: 1024
    reservedConcurrency: 3
    environment:
      DEBUG: no
    url:
      cors: {allowedOrigins: ['https://example.org'], maxAge: 60}
resources:
  Resources:
    MessagesTable:
      Type: AWS::DynamoDB::Table
      DeletionPolicy: Retain
      Properties:
        TableName: messages-${self:provider.stage}
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions:
          - {AttributeName: pk, AttributeType: S}
          - {AttributeName: at, AttributeType: N}
          - {AttributeName: author, AttributeType: S}
        KeySchema:
          - {AttributeName: pk, KeyType: HASH}
          - {AttributeName: at, KeyType: RANGE}
        GlobalSecondaryIndexes:
          - IndexName: by-author
            KeySchema: [{AttributeName: author, KeyType: HASH}, {AttributeName: at, KeyType: RANGE}]
            Projection: {ProjectionType: KEYS_ONLY}
        TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
    Topic:
      Type: AWS::SNS::Topic
"""


def read(folder: Path, text: str, name: str = "serverless.yml") -> Carried:
    (folder / name).write_text(text)
    return serverless.read(folder / name)


def changed(folder: Path, **parts: Any) -> Carried:
    """PLAIN with some of its keys replaced or merged."""
    document = yaml.safe_load(PLAIN)
    for key, value in parts.items():
        document[key] = {**document.get(key, {}), **value} if isinstance(value, dict) else value
    return read(folder, yaml.safe_dump(document))


def keys(found: Carried) -> set[str]:
    return {left.key for left in found.left}


def why(found: Carried, key: str) -> str:
    return next(left.why for left in found.left if left.key == key)


def test_a_plain_file_gives_the_app_its_door_and_serverless_own_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, PLAIN) == Carried(
        "serverless.yml",
        {
            "app": "app:app",
            "door": "http-api",
            "memory": 1024,
            "timeout": 6,
            "architecture": "x86_64",
            "runtime": "python3.13",
        },
        {},
        (),
    )


def test_an_app_for_a_handler_is_seen_through(tmp_path: Path) -> None:
    found = read(tmp_path, DOTS)
    assert (found.base["app"], found.base["door"], found.base["stage"]) == ("app:app", "rest-api", "dev")
    assert found.base["exclude"] == ["node_modules/**", "venv/**", "terraform/**"]
    assert "502" in why(found, "functions.app.handler")
    assert keys(found) == {"functions.app.handler", "custom.wsgi.pythonBin", "http.cors"}


def test_tables_variables_and_a_function_url_are_carried_over(tmp_path: Path) -> None:
    found = read(tmp_path, MESSAGES)
    assert found.base == {
        "app": "backend/api.py:app",
        "door": "function-url",
        "memory": 1024,
        "timeout": 29,
        "architecture": "arm64",
        "concurrency": 3,
        "runtime": "python3.12",
        "cors": {"allow_origins": ["https://example.org"], "max_age": 60},
        # YAML 1.2, as Serverless reads it: "no" is a text.
        "env": {"LEVEL": "info", "SITE": "https://example.org", "DEBUG": "no"},
        "tables": {
            "MessagesTable": {
                "partition_key": "pk",
                "sort_key": "at:N",
                "ttl": "expires",
                "indexes": {
                    "by-author": {"partition_key": "author", "sort_key": "at:N", "projection": "keys_only"}
                },
                "env": "DDB_TABLE_NAME",
            }
        },
    }
    assert keys(found) == {
        "provider.environment.TOKEN",
        "resources.MessagesTable.BillingMode",
        "resources.Topic",
    }
    assert "${ssm:/service/token}" in why(found, "provider.environment.TOKEN")


def test_a_table_with_a_fixed_name_keeps_it_and_the_usual_variable_is_not_said(tmp_path: Path) -> None:
    text = MESSAGES.replace("messages-${self:provider.stage}", "messages").replace(
        "DDB_TABLE_NAME", "MESSAGES_TABLE"
    )
    tables = read(tmp_path, text).base["tables"]
    assert tables.keys() == {"messages"}
    assert "env" not in tables["messages"]


def test_a_second_variable_with_a_tables_name_is_told(tmp_path: Path) -> None:
    text = MESSAGES.replace("    DEBUG: no", "    OTHER: messages-dev")
    found = read(tmp_path, text.replace("      DEBUG: no", "      OTHER: messages-dev"))
    assert "DDB_TABLE_NAME" in why(found, "functions.api.environment.OTHER")


@pytest.mark.parametrize(
    ("events", "door"),
    [
        (["httpApi"], "http-api"),
        ([{"http": "ANY /"}], "rest-api"),
        ([{"alb": {"listenerArn": "x", "priority": 1}}], "alb"),
        ([], "http-api"),
    ],
)
def test_the_door_is_the_event(tmp_path: Path, events: list[Any], door: str) -> None:
    found = changed(tmp_path, functions={"api": {"handler": "wsgi_handler.handler", "events": events}})
    assert found.base["door"] == door


def test_an_http_api_keeps_its_payload_and_its_cors(tmp_path: Path) -> None:
    api = {"payload": "1.0", "cors": True}
    found = changed(tmp_path, provider={"httpApi": api})
    assert found.base["door"] == "http-api-v1"
    assert found.base["cors"]["allow_origins"] == ["*"]
    assert "Authorization" in found.base["cors"]["allow_headers"]
    assert found.left == ()


def test_a_rest_api_keeps_its_binary_types_and_a_domain_its_base_path(tmp_path: Path) -> None:
    found = changed(
        tmp_path,
        provider={"apiGateway": {"binaryMediaTypes": ["*/*"]}},
        functions={"api": {"handler": "wsgi_handler.handler", "events": [{"http": "ANY /{proxy+}"}]}},
        custom={
            "wsgi": {"app": "app.app"},
            "customDomain": {"domainName": "example.org", "basePath": "shop"},
        },
    )
    assert (found.base["binary_media_types"], found.base["base_path"]) == (["*/*"], "shop")
    assert "stage" not in found.base
    assert keys(found) == {"custom.customDomain"}


def test_other_functions_and_events_are_told(tmp_path: Path) -> None:
    found = changed(
        tmp_path,
        functions={
            "worker": {"handler": "jobs.run", "events": [{"sqs": "arn"}]},
            "api": {
                "handler": "./wsgi_handler.handler",
                "events": [{"httpApi": "*"}, {"schedule": "rate(1 hour)"}, {"http": "ANY /"}],
                "vpc": {"subnetIds": []},
                "memorySizes": 1,
            },
        },
    )
    assert found.base["door"] == "http-api"
    assert keys(found) == {
        "functions.worker",
        "functions.api.events.schedule",
        "functions.api.events",
        "functions.api.vpc",
        "functions.api.memorySizes",
    }


def test_stages_that_the_file_knows_become_ours(tmp_path: Path) -> None:
    found = changed(
        tmp_path,
        params={"default": {"level": "info"}, "prod": {"level": "warn"}, "dev": {}},
        provider={"environment": {"LEVEL": "${param:level}", "SITE": "x", "AT": "${sls:stage}"}},
    )
    assert found.base["env"] == {"SITE": "x"}
    assert found.stages == {
        "prod": {"env": {"LEVEL": "warn", "AT": "prod"}},
        "dev": {"env": {"LEVEL": "info", "AT": "dev"}},
    }


def test_what_is_left_out_by_all_and_taken_in_again_is_told(tmp_path: Path) -> None:
    found = changed(tmp_path, package={"patterns": ["!**", "app.py"]})
    assert "exclude" not in found.base
    assert "package.patterns" in keys(found)
    older = changed(tmp_path, package={"exclude": ["./docs/**"], "include": ["data/x"], "individually": True})
    assert (older.base["exclude"], older.base["include"]) == (["docs/**"], ["data/x"])


def test_no_part_of_a_value_that_stays_behind_is_printed(tmp_path: Path) -> None:
    url = "postgresql://me:hunter2@${ssm:/db/host}/app"
    join = {"Fn::Join": ["", ["postgresql://me:hunter2@", {"Fn::GetAtt": ["Db", "Endpoint.Address"]}]]}
    found = changed(
        tmp_path, provider={"environment": {"A": url, "B": join, "C": "postgresql://me:hunter2@db/x"}}
    )
    assert "env" not in found.base
    assert why(found, "provider.environment.A") == "${ssm:/db/host} is known only to Serverless."
    assert "hunter2" not in str(found)


def test_a_requirements_file_of_another_name_becomes_the_lock(tmp_path: Path) -> None:
    (tmp_path / "prod.txt").touch()
    wsgi = {"wsgi": {"app": "app.app"}}
    found = changed(
        tmp_path, custom={**wsgi, "pythonRequirements": {"fileName": "prod.txt", "dockerizePip": True}}
    )
    assert found.base["lock"] == "prod.txt"
    assert "dockerizePip" in why(found, "custom.pythonRequirements")


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"provider": {"memorySize": "${ssm:/memory}"}}, "provider.memorySize"),
        ({"provider": {"memorySize": 64}}, "dev.memory"),
        ({"provider": {"timeout": 0}}, "dev.timeout"),
        ({"provider": {"runtime": "python3.8"}}, "runtime"),
        ({"provider": {"vpc": {}}}, "provider.vpc"),
        ({"provider": {"vpcs": {}}}, "provider.vpcs"),
        ({"layers": {}}, "layers"),
        ({"laiers": {}}, "laiers"),
        ({"plugins": ["serverless-plugin-warmup"]}, "plugins.serverless-plugin-warmup"),
        ({"plugins": ["something"]}, "plugins.something"),
        ({"custom": {"wsgi": {}}}, "custom.wsgi.app"),
        ({"custom": {"wsgi": {"app": "${file(x.yml):app}"}}}, "custom.wsgi.app"),
        ({"provider": {"environment": {"A": {"Fn::Sub": "x"}}}}, "provider.environment.A"),
        ({"provider": {"environment": "${file(env.yml)}"}}, "provider.environment"),
        ({"resources": ["${file(tables.yml)}"]}, "resources.0"),
    ],
)
def test_what_cannot_be_carried_over_is_told_by_its_key(
    tmp_path: Path, parts: dict[str, Any], key: str
) -> None:
    found = changed(tmp_path, **parts)
    assert key in keys(found)
    Settings.model_validate(found.base)


NAMES = (
    "wsgi app name stage events http url cors Resources T Type patterns environment Properties KeySchema "
    "customDomain httpApi payload binaryMediaTypes modules default"
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.sampled_from(["x", "${self:a}", "app.app", "*", ""])
)
PARTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["provider", "custom", "resources", "package", "plugins", "params", "stages", "functions"]
        ),
        PARTS,
        max_size=4,
    ),
    PARTS,
)
def test_whatever_it_says_the_outcome_is_sound_or_a_told_error(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any], function: Any
) -> None:
    named = document.get("functions")
    said = function if isinstance(function, dict) else {}
    api = {"api": {"handler": "wsgi_handler.handler", **said}}
    document["functions"] = {**named, **api} if isinstance(named, dict) else api
    try:
        found = read(tmp_path_factory.getbasetemp(), yaml.safe_dump(document))
    except SettingsError:
        return
    Settings.model_validate({**found.base, "stages": found.stages})
