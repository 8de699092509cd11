"""When DynamoDB, the network or two callers at once get in the way."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from doors import WAYS, Answer, Call, Setting
from play import header, read
from stand_in import free_port
from troubles import Trouble, between

JSON = {"Content-Type": "application/json"}


def _with(setting: Setting, **variables: str) -> Setting:
    return setting._replace(environment={**setting.environment, **variables})


def _assert_unavailable(answer: Answer) -> None:
    assert answer.status == 503
    assert header(answer, "Retry-After") == "1"
    assert header(answer, "Content-Type") == "application/problem+json"
    assert read(answer.body)["detail"] == "Messages cannot be reached at the moment. Try again."


@pytest.mark.parametrize(
    ("status", "code", "tries"),
    [
        (400, "ProvisionedThroughputExceededException", 3),
        (400, "ThrottlingException", 3),
        (500, "InternalServerError", 3),
        (400, "AccessDeniedException", 1),
        (400, "UnrecognizedClientException", 1),
    ],
)
def test_an_error_of_the_service_is_a_503_after_a_few_tries_and_its_text_stays_in_the_log(
    setting: Setting, caplog: pytest.LogCaptureFixture, status: int, code: str, tries: int
) -> None:
    troubles = [Trouble("error", status, code)] * 9
    with between(setting.environment["AWS_ENDPOINT_URL"], *troubles) as dynamodb:
        with WAYS["flask"](_with(setting, AWS_ENDPOINT_URL=dynamodb.url)) as call:
            answer = call("GET", "/message", {}, b"")
        assert dynamodb.asked == tries
    _assert_unavailable(answer)
    assert b"internal-detail" not in answer.body
    [record] = [record for record in caplog.records if record.name.startswith("app")]
    assert record.levelno == logging.ERROR
    assert code in record.message
    assert setting.environment["DDB_TABLE_NAME"] in record.message


def test_a_passing_error_is_not_noticed(setting: Setting) -> None:
    trouble = Trouble("error", 400, "ThrottlingException")
    with (
        between(setting.environment["AWS_ENDPOINT_URL"], trouble) as dynamodb,
        WAYS["flask"](_with(setting, AWS_ENDPOINT_URL=dynamodb.url)) as call,
    ):
        assert call("GET", "/message", {}, b"").status == 200


def test_a_request_dynamodb_cannot_read_is_a_500_without_its_text(
    setting: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    trouble = Trouble("error", 400, "ValidationException")
    with (
        between(setting.environment["AWS_ENDPOINT_URL"], trouble) as dynamodb,
        WAYS["flask"](_with(setting, AWS_ENDPOINT_URL=dynamodb.url)) as call,
    ):
        answer = call("GET", "/message", {}, b"")
    assert answer.status == 500
    assert read(answer.body)["detail"] == "Something went wrong here. It is in the log."
    assert any(record.exc_info for record in caplog.records)


def test_the_log_says_which_table_is_missing_and_what_to_do(
    setting: Setting, caplog: pytest.LogCaptureFixture
) -> None:
    with WAYS["flask"](_with(setting, DDB_TABLE_NAME="not-there")) as call:
        _assert_unavailable(call("GET", "/message", {}, b""))
    assert "not-there" in caplog.text
    assert "Create it (pk: string, partition key; sk: string, sort key)" in caplog.text


def test_the_log_says_that_no_table_is_named(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    with WAYS["flask"](_with(setting, DDB_TABLE_NAME="")) as call:
        _assert_unavailable(call("DELETE", "/message/00000000-0000-4000-8000-000000000000", {}, b""))
    assert "DDB_TABLE_NAME is not set" in caplog.text


def test_an_endpoint_nobody_listens_on_is_a_503(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    with WAYS["flask"](_with(setting, AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}")) as call:
        _assert_unavailable(call("GET", "/message", {}, b""))
    assert "could not be asked" in caplog.text


def test_a_create_whose_first_answer_was_lost_makes_one_message(setting: Setting) -> None:
    with (
        between(setting.environment["AWS_ENDPOINT_URL"], Trouble("lost")) as dynamodb,
        WAYS["flask"](_with(setting, AWS_ENDPOINT_URL=dynamodb.url)) as call,
    ):
        created = call("POST", "/message", JSON, b'{"a":1}')
        assert created.status == 201
        assert dynamodb.asked == 2
        assert len(read(call("GET", "/message", {}, b"").body)["messages"]) == 1
        found = call("GET", header(created, "Location"), {}, b"")
        assert header(found, "ETag") == header(created, "ETag")


def test_an_update_whose_first_answer_was_lost_is_not_taken_for_somebody_elses(setting: Setting) -> None:
    endpoint = setting.environment["AWS_ENDPOINT_URL"]
    with (
        between(endpoint) as dynamodb,
        WAYS["flask"](_with(setting, AWS_ENDPOINT_URL=dynamodb.url)) as call,
    ):
        created = call("POST", "/message", JSON, b"{}")
        dynamodb.troubles.append(Trouble("lost"))
        seen = {"If-Match": header(created, "ETag")}
        updated = call("PUT", header(created, "Location"), {**JSON, **seen}, b'{"a":1}')
        assert updated.status == 200
        assert dynamodb.asked == 3
        found = call("GET", header(created, "Location"), {}, b"")
        assert header(found, "ETag") == header(updated, "ETag")


def test_of_many_updates_of_the_same_state_exactly_one_wins(client: Call) -> None:
    created = client("POST", "/message", JSON, b'{"n":0}')
    headers = {**JSON, "If-Match": header(created, "ETag")}

    def update(n: int) -> int:
        return client("PUT", header(created, "Location"), headers, b'{"n":%d}' % n).status

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(update, range(16))) == [200] + [412] * 15


def test_of_many_creates_with_one_idempotency_key_one_message_remains(client: Call) -> None:
    headers = {**JSON, "Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client("POST", "/message", headers, b'{"n":1}'), range(16)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert len(read(client("GET", "/message", {}, b"").body)["messages"]) == 1
