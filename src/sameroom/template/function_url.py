"""A Function URL of the alias, open to everybody.

It has no throttling of its own: the function's ceiling (``concurrency``) is what limits a flood.
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

from .cors import cors
from .ids import ALIAS, ALIAS_NAME, FUNCTION
from .values import Json, Output, Part, Resource, Wish, ref

URL = "FunctionUrl"


def function_url(wish: Wish) -> Part:
    """The URL, and both permissions that it takes since October 2025."""
    return Part(
        {
            URL: Resource("AWS::Lambda::Url", _properties(wish), depends_on=(ALIAS,)),
            "FunctionUrlPermission": Resource(
                "AWS::Lambda::Permission",
                {
                    "FunctionName": ref(ALIAS),
                    "Action": "lambda:InvokeFunctionUrl",
                    "Principal": "*",
                    "FunctionUrlAuthType": "NONE",
                },
            ),
            "FunctionUrlInvokePermission": Resource(
                "AWS::Lambda::Permission",
                {
                    "FunctionName": ref(ALIAS),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "*",
                    "InvokedViaFunctionUrl": True,
                },
            ),
        },
        outputs={"Url": Output(_without_slash(), "Where the app answers")},
    )


def host() -> Json:
    """The URL's host name alone: the URL is ``https://<host>/``."""
    return {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": [URL, "FunctionUrl"]}]}]}


def _without_slash() -> Json:
    return {"Fn::Join": ["", ["https://", host()]]}


def _properties(wish: Wish) -> Json:
    streamed = wish.settings.response_mode == "streaming"
    found: Json = {
        "TargetFunctionArn": ref(FUNCTION),
        "Qualifier": ALIAS_NAME,
        "AuthType": "NONE",
        "InvokeMode": "RESPONSE_STREAM" if streamed else "BUFFERED",
    }
    allowed = cors(wish)
    return found | ({"Cors": allowed} if allowed else {})
