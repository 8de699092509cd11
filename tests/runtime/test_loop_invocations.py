"""Invocations of plain handlers, under our loop and, where both must agree, under AWS's own client."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from fakes.lambda_process import LOOP, RIC, SOURCES, LambdaProcess, function
from fakes.lambda_service import ROOT, LambdaService

Running = tuple[LambdaService, LambdaProcess]

HANDLERS = """
    import os, time

    def handler(event, context):
        return globals()[event["do"]](event, context)

    def echo(event, context):
        return event["value"]

    def about(event, context):
        names = "aws_request_id", "invoked_function_arn", "function_name", "function_version", "tenant_id"
        names += "memory_limit_in_mb", "log_group_name", "log_stream_name"
        return {name: getattr(context, name) for name in names}

    def remaining(event, context):
        before = context.get_remaining_time_in_millis()
        time.sleep(0.02)
        return [before, context.get_remaining_time_in_millis()]

    def mobile(event, context):
        client, identity = context.client_context, context.identity
        return [
            client and [client.custom, client.env, client.client and client.client.installation_id],
            [identity.cognito_identity_id, identity.cognito_identity_pool_id],
        ]

    def trace(event, context):
        return os.environ.get("_X_AMZN_TRACE_ID")

    def say(event, context):
        context.log("said by the context")

    def fail(event, context):
        return inner()

    def inner():
        raise KeyError("gone")

    def strange(event, context):
        return object()

    def mute(event, context):
        class Mute(Exception):
            def __str__(self):
                raise ValueError("not a word")
        raise Mute
"""

both = pytest.mark.parametrize("running", ["loop", "ric"], indirect=True)
ours = pytest.mark.parametrize("running", ["loop"], indirect=True)


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if request.param == "ric" and not find_spec("awslambdaric"):
        pytest.skip("awslambdaric is not installed")
    command = {"loop": LOOP, "ric": RIC}[request.param]
    folder = tmp_path_factory.mktemp("function")
    with function(folder, HANDLERS, command=command, handler="wsgi.handler") as started:
        yield started


@both
@pytest.mark.parametrize(
    "value",
    [None, True, 3, 1.5, "", "text", "é 漢字 😀", [1, [2]], {"a": {"b": None}}, "line\nbreak\0nul"],
    ids=repr,
)
def test_a_handler_of_the_users_own_may_answer_any_json(running: Running, value: object) -> None:
    service, _ = running
    assert service.answer({"do": "echo", "value": value}) == value


@both
def test_invocations_are_answered_one_after_the_other_under_their_own_ids(running: Running) -> None:
    service, _ = running
    ids = [service.invoke({"do": "echo", "value": number}) for number in range(50)]
    posts = [service.posted() for _ in ids]
    assert [post.path for post in posts] == [f"{ROOT}/invocation/{one}/response" for one in ids]
    assert [post.json() for post in posts] == list(range(50))


@both
def test_one_connection_is_kept_for_every_invocation(running: Running) -> None:
    service, _ = running
    before = service.connections
    for number in range(20):
        service.answer({"do": "echo", "value": number})
    assert service.connections == before


@both
@pytest.mark.parametrize("framing", ["length", "chunked", "dribble"])
def test_an_event_is_read_however_the_service_frames_it(running: Running, framing: str) -> None:
    service, _ = running
    value = {"text": "x" * 5000 + "é"}
    assert service.answer({"do": "echo", "value": value}, framing=framing) == value


@both
def test_an_event_of_lambdas_full_size_comes_and_goes(running: Running) -> None:
    service, _ = running
    value = "x" * 6_000_000
    assert service.answer({"do": "echo", "value": value}) == value


@both
def test_the_context_has_the_names_that_aws_documents(running: Running) -> None:
    service, _ = running
    request_id = service.invoke({"do": "about"}, headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"})
    assert service.posted().json() == {
        "aws_request_id": request_id,
        "invoked_function_arn": "arn:aws:lambda:eu-west-1:123456789012:function:room",
        "function_name": "room",
        "function_version": "7",
        "memory_limit_in_mb": "512",
        "log_group_name": "/aws/lambda/room",
        "log_stream_name": "2026/11/21/[7]abc",
        "tenant_id": "blue",
    }


@both
def test_a_function_without_tenants_has_none_in_its_context(running: Running) -> None:
    service, _ = running
    assert service.answer({"do": "about"})["tenant_id"] is None


@both
def test_the_remaining_time_runs_down_and_is_never_negative(running: Running) -> None:
    service, _ = running
    before, after = service.answer({"do": "remaining"}, timeout=10.0)
    assert 9_000 < before <= 10_000
    assert after <= before - 20
    assert service.answer({"do": "remaining"}, timeout=-5.0) == [0, 0]


@both
def test_client_context_and_identity_are_objects_as_documented(running: Running) -> None:
    service, _ = running
    headers = {
        "Lambda-Runtime-Client-Context": '{"custom": {"k": "v"}, "client": {"installation_id": "i"}}',
        "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId": "a", "cognitoIdentityPoolId": "b"}',
    }
    assert service.answer({"do": "mobile"}, headers=headers) == [[{"k": "v"}, None, "i"], ["a", "b"]]
    assert service.answer({"do": "mobile"}) == [None, [None, None]]


@ours
def test_a_client_context_may_be_long_and_hold_any_text(running: Running) -> None:
    service, _ = running
    text = '{"custom": "' + "é" * 300_000 + '"}'
    headers = {"Lambda-Runtime-Client-Context": text}
    (custom, _, _), _ = service.answer({"do": "mobile"}, headers=headers)
    assert custom == "é" * 300_000


@both
def test_a_client_context_that_is_no_json_fails_that_invocation_alone(running: Running) -> None:
    service, _ = running
    request_id = service.invoke({"do": "mobile"}, headers={"Lambda-Runtime-Client-Context": "{"})
    assert service.posted().path == f"{ROOT}/invocation/{request_id}/error"
    assert service.answer({"do": "echo", "value": 1}) == 1


@both
def test_the_trace_id_is_where_the_xray_sdk_looks_and_never_an_old_one(running: Running) -> None:
    service, _ = running
    assert service.answer({"do": "trace"}, headers={"Lambda-Runtime-Trace-Id": "Root=1-2-3"}) == "Root=1-2-3"
    assert service.answer({"do": "trace"}) is None


@both
@pytest.mark.parametrize(("do", "ending"), [("echo", "response"), ("fail", "error")])
def test_the_number_of_an_attempt_is_echoed_with_its_answer(running: Running, do: str, ending: str) -> None:
    service, _ = running
    service.invoke({"do": do, "value": 1}, headers={"Lambda-Runtime-Invocation-Id": "attempt-2"})
    post = service.posted()
    assert post.path.endswith(ending)
    assert post.headers["lambda-runtime-invocation-id"] == "attempt-2"
    service.invoke({"do": do, "value": 1})
    assert "lambda-runtime-invocation-id" not in service.posted().headers


@both
def test_an_error_is_posted_in_awss_shape(running: Running) -> None:
    service, process = running
    request_id = service.invoke({"do": "fail"})
    post = service.posted()
    assert post.path == f"{ROOT}/invocation/{request_id}/error"
    error = post.json()
    assert error["errorType"] == "KeyError"
    assert error["errorMessage"] == "'gone'"
    assert error["requestId"] == request_id
    # The handler's frames and none of the runtime's, each as one string.
    names = [frame.partition(", in ")[2].partition("\n")[0] for frame in error["stackTrace"]]
    assert names == ["handler", "fail", "inner"]
    assert all(frame.startswith('  File "') and frame.endswith("\n") for frame in error["stackTrace"])
    assert "inner" in process.line("KeyError: 'gone'")


@ours
def test_the_kind_of_an_error_is_in_the_header_that_the_runtime_api_documents(running: Running) -> None:
    service, _ = running
    service.invoke({"do": "fail"})
    assert service.posted().headers["lambda-runtime-function-error-type"] == "KeyError"


@both
def test_a_result_that_is_no_json_is_an_error_of_that_invocation_alone(running: Running) -> None:
    service, _ = running
    service.invoke({"do": "strange"})
    post = service.posted()
    assert post.path.endswith("/error")
    assert "not JSON serializable" in post.json()["errorMessage"]
    assert service.answer({"do": "echo", "value": 2}) == 2


@ours
def test_an_event_that_is_no_json_is_an_error_of_that_invocation_alone(running: Running) -> None:
    service, _ = running
    service.invoke(b"{no json")
    assert service.posted().json()["errorType"] == "JSONDecodeError"
    assert service.answer({"do": "echo", "value": 3}) == 3


@ours
def test_an_exception_that_cannot_be_shown_as_text_does_not_end_the_loop(running: Running) -> None:
    service, process = running
    service.invoke({"do": "mute"})
    error = service.posted().json()
    assert error["errorType"] == "Mute"
    assert error["errorMessage"] == "<Mute that cannot be shown as text>"
    assert service.answer({"do": "echo", "value": 4}) == 4
    assert process.line("Mute that cannot be shown")


@ours
def test_half_a_surrogate_pair_is_answered_as_json_has_it(running: Running) -> None:
    service, _ = running
    service.invoke(b'{"do": "echo", "value": "\\ud83d \xc3\xa9"}')
    post = service.posted()
    assert post.body == b'"\\ud83d \xc3\xa9"'
    assert post.json() == "\ud83d é"


@ours
def test_text_is_answered_in_utf8_and_not_escaped(running: Running) -> None:
    service, _ = running
    service.invoke({"do": "echo", "value": "é漢"})
    assert service.posted().body == '"é漢"'.encode()


@both
def test_what_the_context_is_told_to_log_is_in_the_output(running: Running) -> None:
    service, process = running
    assert service.answer({"do": "say"}) is None
    assert process.line("said by the context")


@ours
def test_the_loop_asks_for_the_next_invocation_as_the_runtime_api_documents(running: Running) -> None:
    service, _ = running
    service.answer({"do": "echo", "value": 5})
    method, path, headers = service.requests[0]
    assert (method, path) == ("GET", "/2018-06-01/runtime/invocation/next")
    assert headers["host"] == service.address


@pytest.mark.parametrize("named", ["folder/inner.answer", "folder.inner.answer"])
def test_a_handler_in_a_folder_is_named_with_dots_or_slashes(tmp_path: Path, named: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.py").write_text("def answer(event, context): return [event]\n")
    with function(tmp_path, "", handler=named) as (service, _):
        assert service.answer("x") == ["x"]


@pytest.mark.parametrize("layers", [True, False])
def test_modules_are_looked_for_in_the_code_then_in_the_layers(tmp_path: Path, layers: bool) -> None:
    # On AWS, setting PYTHONPATH switches the layers off.
    (tmp_path / "sameroom").symlink_to(Path(SOURCES) / "sameroom")
    source = "import sys\ndef handler(event, context): return sys.path"
    environ = {"PYTHONPATH": None if layers else "/elsewhere"}
    with function(tmp_path, source, handler="wsgi.handler", environ=environ) as (service, _):
        path = service.answer({})
    site = f"/opt/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    expected = [str(tmp_path), site, "/opt/python"] if layers else [str(tmp_path), "/elsewhere"]
    assert path[: len(expected)] == expected
    assert path.count(str(tmp_path)) == 1
