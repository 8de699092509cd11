"""The gate that the deployer's tests stand on: it names every call rightly, and leaves alone what passes."""

from __future__ import annotations

import pytest
from fakes.cloud import Stand, answer, fresh_name
from fakes.toll import Call, toll

from sameroom.errors import AccessDenied, Refused, Throttled, Unreachable

QUERY, JSON, REST, CBOR, S3 = (
    ("cloudformation", "list_stacks", Call("cloudformation", "ListStacks")),
    ("ssm", "describe_parameters", Call("ssm", "DescribeParameters")),
    ("lambda", "list_functions", Call("lambda", "ListFunctions")),
    ("cloudwatch", "describe_alarms", Call("cloudwatch", "DescribeAlarms")),
    ("s3", "list_buckets", Call("s3", "ListBuckets")),
)
OTHERS = (
    ("apigatewayv2", "get_apis", Call("apigatewayv2", "GetApis")),
    ("apigateway", "get_rest_apis", Call("apigateway", "GetRestApis")),
    ("cloudfront", "list_distributions", Call("cloudfront", "ListDistributions")),
    ("sts", "get_caller_identity", Call("sts", "GetCallerIdentity")),
    ("scheduler", "list_schedules", Call("scheduler", "ListSchedules")),
    ("elbv2", "describe_load_balancers", Call("elbv2", "DescribeLoadBalancers")),
)


@pytest.mark.parametrize(("service", "method", "name"), [QUERY, JSON, REST, CBOR, S3, *OTHERS])
def test_a_call_passes_and_is_counted_by_its_name(
    stand: Stand, service: str, method: str, name: Call
) -> None:
    with toll(stand.endpoint) as gate:
        assert gate.cloud().call(service, method)["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert gate.calls == [name]


@pytest.mark.parametrize(("service", "method", "name"), [QUERY, JSON, REST, CBOR, S3, *OTHERS])
def test_a_refusal_is_written_as_the_service_would(
    stand: Stand, service: str, method: str, name: Call
) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse(*name, "AccessDenied", message="Not for you, Zoë")
        with pytest.raises(AccessDenied) as refused:
            gate.cloud().call(service, method)
    assert (refused.value.code, refused.value.reason) == ("AccessDenied", "Not for you, Zoë.")
    assert refused.value.operation == name.operation


def test_calls_on_s3_are_told_apart_by_their_queries(stand: Stand) -> None:
    name = fresh_name("calls")
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud()
        place = {"LocationConstraint": cloud.region}
        cloud.call("s3", "create_bucket", Bucket=name, CreateBucketConfiguration=place)
        cloud.call("s3", "get_bucket_versioning", Bucket=name)
        cloud.call("s3", "put_object", Bucket=name, Key="a/b c.txt", Body=b"x")
        cloud.call("s3", "head_object", Bucket=name, Key="a/b c.txt")
        cloud.call("s3", "copy_object", Bucket=name, Key="c", CopySource={"Bucket": name, "Key": "a/b c.txt"})
        cloud.call("s3", "list_objects_v2", Bucket=name)
        cloud.call("s3", "delete_objects", Bucket=name, Delete={"Objects": [{"Key": "c"}]})
        cloud.call("s3", "head_bucket", Bucket=name)
        assert [call.operation for call in gate.calls] == [
            *("CreateBucket", "GetBucketVersioning", "PutObject", "HeadObject"),
            *("CopyObject", "ListObjectsV2", "DeleteObjects", "HeadBucket"),
        ]


def test_a_rule_has_its_turn_and_others_pass(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("ssm", "*", "ValidationException", skip=1, times=1)
        cloud = gate.cloud()
        cloud.call("ssm", "describe_parameters")
        with pytest.raises(Refused):
            cloud.call("ssm", "describe_parameters")
        cloud.call("ssm", "describe_parameters")
        assert gate.counts["ssm", "DescribeParameters"] == 3


def test_others_may_act_before_and_after_a_call(stand: Stand) -> None:
    told: list[str] = []
    with toll(stand.endpoint) as gate:
        gate.before("sts", "GetCallerIdentity", lambda: told.append("before"))
        gate.after("ssm", "DescribeParameters", lambda: told.append("after"))
        gate.cloud().call("sts", "get_caller_identity")
        gate.cloud().call("ssm", "describe_parameters")
    assert told == ["before", "after"]


def test_a_cut_connection_is_tried_again_and_then_unreachable(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.cut("sts", "GetCallerIdentity", times=1)
        assert gate.cloud(tries=2).account
        assert len(gate.calls) == 2
        gate.free()
        gate.cut("sts", "GetCallerIdentity")
        with pytest.raises(Unreachable):
            gate.cloud(tries=2).call("sts", "get_caller_identity")


def test_what_arrives_is_done_although_the_answer_is_lost(stand: Stand) -> None:
    name = f"/tests/{fresh_name()}"
    with toll(stand.endpoint) as gate:
        gate.cut("ssm", "PutParameter", arrived=True, times=1)
        with pytest.raises(Refused, match="ParameterAlreadyExists"):
            gate.cloud().call("ssm", "put_parameter", Name=name, Value="1", Type="String")
    assert stand.cloud().call("ssm", "get_parameter", Name=name)["Parameter"]["Value"] == "1"


def test_throttling_is_tried_again_after_a_pause(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("sts", "GetCallerIdentity", "Throttling", times=1)
        assert gate.cloud().account
        assert gate.counts["sts", "GetCallerIdentity"] == 2


def test_throttling_without_end_is_given_up(stand: Stand) -> None:
    with toll(stand.endpoint) as gate:
        gate.refuse("sts", "GetCallerIdentity", "Throttling")
        with pytest.raises(Throttled, match="after several tries"):
            gate.cloud(tries=3).call("sts", "get_caller_identity")
        assert gate.counts["sts", "GetCallerIdentity"] == 3


def test_a_request_to_no_app_at_all_is_answered(stand: Stand) -> None:
    assert answer(stand, "https://0123abcd.execute-api.eu-west-1.amazonaws.com").status == 404
