"""A host name of one's own in front of an HTTP API or a REST API.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-domainname.html
"""

from __future__ import annotations

from typing import Any

from ..errors import TemplateError
from . import http_api, rest_api
from .values import Json, Output, Part, Resource, Wish, attribute, ref

CERTIFICATE = "Certificate"
DOMAIN = "DomainName"


def domain(wish: Wish) -> Part:
    """The domain, its certificate, the mapping to the API's stage, and the DNS records.

    A site takes the domain itself (``site.py``).

    :raises TemplateError: the door can have none.
    """
    said = wish.settings.domain
    if said is None or wish.settings.site is not None:
        return Part()
    stages = {"http-api": http_api, "http-api-v1": http_api, "rest-api": rest_api}
    room = stages.get(wish.settings.door)
    if room is None:
        raise TemplateError(
            f"The door {wish.settings.door} cannot have the domain {said.name}.",
            why=_WHY.get(wish.settings.door, "It has no host name of its own that a domain could stand for."),
            next='Use door = "http-api", or a site, whose CloudFront distribution has the domain.',
        )
    base = wish.settings.base_path
    certificate: Any = said.certificate or ref(CERTIFICATE)
    resources = certificates(wish)
    resources[DOMAIN] = Resource(
        "AWS::ApiGatewayV2::DomainName",
        {
            "DomainName": said.name,
            "DomainNameConfigurations": [
                {
                    "CertificateArn": certificate,
                    "EndpointType": "REGIONAL",
                    "SecurityPolicy": "TLS_1_2",
                    # The record of type AAAA would lead nowhere otherwise.
                    "IpAddressType": "dualstack",
                }
            ],
        },
    )
    mapping: Json = {"DomainName": ref(DOMAIN), "ApiId": ref(room.API), "Stage": ref(room.STAGE)}
    if base:
        mapping["ApiMappingKey"] = base.strip("/")
    resources["DomainMapping"] = Resource("AWS::ApiGatewayV2::ApiMapping", mapping)
    where = (attribute(DOMAIN, "RegionalDomainName"), attribute(DOMAIN, "RegionalHostedZoneId"))
    resources |= records(wish, *where)
    if not said.zone:
        # The name is not ours to point here, and does not answer before somebody does.
        return Part(resources, outputs={"DomainTarget": Output(where[0], f"What {said.name} must point to")})
    return Part(resources, outputs={"Url": Output(f"https://{said.name}{base}", "Where the app answers")})


_WHY = {
    "function-url": "AWS gives Function URLs no domains; CloudFront in front of one can have it.",
    "alb": "The load balancer is yours, and so is its domain.",
}


def certificates(wish: Wish) -> dict[str, Resource]:
    """A certificate proved by a record in the zone; none where the settings name one."""
    said = wish.settings.domain
    if said is None or said.certificate:
        return {}
    properties: Json = {
        "DomainName": said.name,
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [{"DomainName": said.name, "HostedZoneId": said.zone}],
    }
    return {CERTIFICATE: Resource("AWS::CertificateManager::Certificate", properties)}


def records(wish: Wish, name: Any, zone: Any) -> dict[str, Resource]:
    """IPv4 and IPv6 aliases of the domain for the AWS host ``name`` in AWS's hosted zone ``zone``."""
    said = wish.settings.domain
    if said is None or not said.zone:
        return {}
    return {
        f"DomainRecord{kind}": Resource(
            "AWS::Route53::RecordSet",
            {
                "HostedZoneId": said.zone,
                "Name": said.name,
                "Type": kind,
                "AliasTarget": {"DNSName": name, "HostedZoneId": zone},
            },
        )
        for kind in ("A", "AAAA")
    }
