"""The static site: a private bucket behind CloudFront, and the app behind the same host name.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from __future__ import annotations

import hashlib
import math

from ..errors import TemplateError
from ..project.services import Domain, Site
from ..project.site_routing import frame_option, missing_status, patterns, replaced_status
from . import site_functions
from .origins import origin
from .values import Json, Output, Part, Resource, Wish, arn, attribute, ref, sub

BUCKET = "SiteBucket"
DISTRIBUTION = "SiteDistribution"
_POLICY, _ACCESS = "SiteBucketPolicy", "SiteAccess"
_PATHS, _HOST, _HEADERS = "SitePaths", "SiteHost", "SiteHeaders"
_CERTIFICATE = "SiteCertificate"
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
_ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
#: CloudFront's own zone, the target of every alias to a distribution.
_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
#: The only region whose certificates CloudFront takes.
_CERTIFICATES = "us-east-1"
_ERRORS = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
_YEAR = 31_536_000


def site(wish: Wish) -> Part:
    """Nothing for a project without a site.

    :raises TemplateError: the domain has no certificate that CloudFront could take.
    """
    settings = wish.settings.site
    if settings is None:
        return Part()
    domain = wish.settings.domain
    name = domain.name if domain is not None else attribute(DISTRIBUTION, "DomainName")
    return Part(
        {
            BUCKET: Resource("AWS::S3::Bucket", _bucket()),
            _POLICY: Resource("AWS::S3::BucketPolicy", _bucket_policy(lists=missing_status(settings) == 404)),
            _ACCESS: Resource("AWS::CloudFront::OriginAccessControl", _access(wish)),
            _PATHS: _function(wish, "paths", site_functions.SPA if settings.spa else site_functions.PAGES),
            _HOST: _function(wish, "host", site_functions.API),
            _HEADERS: Resource("AWS::CloudFront::ResponseHeadersPolicy", _headers(wish, settings)),
            DISTRIBUTION: Resource("AWS::CloudFront::Distribution", _distribution(wish, settings)),
            **(_domain(wish, domain) if domain is not None else {}),
        },
        outputs={
            "SiteBucket": Output(ref(BUCKET), "Where the site's files are"),
            "DistributionId": Output(ref(DISTRIBUTION), "CloudFront's distribution"),
            "SiteUrl": Output(
                f"https://{name}"
                if isinstance(name, str)
                else sub(f"https://${{{DISTRIBUTION}.DomainName}}"),
                "The site, and the app behind its API paths",
            ),
        },
    )


def _bucket() -> Json:
    """Not versioned, and not kept: every byte in it is rebuilt by a deploy, and earlier releases are objects
    of their own, by the hash of their content."""
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    }


def _bucket_policy(*, lists: bool) -> Json:
    ours = {"StringEquals": {"AWS:SourceArn": sub(_DISTRIBUTION_ARN)}}
    cloudfront = {"Service": "cloudfront.amazonaws.com"}
    every = sub(f"${{{BUCKET}.Arn}}/*")
    statements: list[Json] = [
        {
            "Sid": "OnlyByTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn(BUCKET), every],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "Visitors",
            "Effect": "Allow",
            "Principal": cloudfront,
            "Action": "s3:GetObject",
            "Resource": every,
            "Condition": ours,
        },
        {
            "Sid": "NotYetPublic",
            "Effect": "Deny",
            "Principal": cloudfront,
            "Action": "s3:GetObject",
            "Resource": sub(f"${{{BUCKET}.Arn}}/.releases/*"),
        },
    ]
    if lists:
        statements.append(
            {
                "Sid": "MissingIs404",
                "Effect": "Allow",
                "Principal": cloudfront,
                "Action": "s3:ListBucket",
                "Resource": arn(BUCKET),
                "Condition": ours,
            }
        )
    return {"Bucket": ref(BUCKET), "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}


_DISTRIBUTION_ARN = (
    f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{DISTRIBUTION}}}"
)


def _access(wish: Wish) -> Json:
    return {
        "OriginAccessControlConfig": {
            "Name": _global_name(wish, "site"),
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    }


def _function(wish: Wish, what: str, code: str) -> Resource:
    return Resource(
        "AWS::CloudFront::Function",
        {
            "Name": _global_name(wish, what),
            "AutoPublish": True,
            "FunctionCode": code,
            "FunctionConfig": {"Comment": f"{wish.stack}: {what}", "Runtime": "cloudfront-js-2.0"},
        },
    )


def _global_name(wish: Wish, what: str) -> Json:
    """CloudFront's names are the account's in every region, and have at most 64 letters."""
    stack = wish.stack
    if len(stack) > 40:
        stack = f"{stack[:31]}-{hashlib.sha256(stack.encode()).hexdigest()[:8]}"
    return sub(f"{stack}-${{AWS::Region}}-{what}")


def _headers(wish: Wish, settings: Site) -> Json:
    policy = settings.content_security_policy
    security: Json = {
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": _YEAR,
            "IncludeSubdomains": False,
            "Preload": False,
            "Override": True,
        },
        "ContentTypeOptions": {"Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": "strict-origin-when-cross-origin", "Override": True},
    }
    if policy:
        security["ContentSecurityPolicy"] = {"ContentSecurityPolicy": policy, "Override": True}
    if frame := frame_option(policy):
        security["FrameOptions"] = {"FrameOption": frame, "Override": True}
    return {
        "ResponseHeadersPolicyConfig": {
            "Name": _global_name(wish, "site"),
            "SecurityHeadersConfig": security,
        }
    }


def _distribution(wish: Wish, settings: Site) -> Json:
    config: Json = {
        "Enabled": True,
        "Comment": wish.stack,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": {"100": "PriceClass_100", "200": "PriceClass_200", "all": "PriceClass_All"}[
            settings.price_class
        ],
        "DefaultRootObject": "index.html",
        "Origins": [_files_origin()],
        "DefaultCacheBehavior": {
            "TargetOriginId": "files",
            "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
            "CachePolicyId": _CACHING_OPTIMIZED,
            "ResponseHeadersPolicyId": ref(_HEADERS),
            **_behavior(_PATHS),
        },
        "CustomErrorResponses": _errors(settings),
        "ViewerCertificate": _viewer_certificate(wish),
    }
    if settings.api:
        config["Origins"].append(_app_origin(wish))
        config["CacheBehaviors"] = [_app_behavior(pattern) for pattern in patterns(settings)]
    if wish.settings.domain is not None:
        config["Aliases"] = [wish.settings.domain.name]
    return {"DistributionConfig": config}


def _behavior(function: str) -> Json:
    return {
        "Compress": True,
        "ViewerProtocolPolicy": "redirect-to-https",
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": attribute(function, "FunctionARN")}
        ],
    }


def _app_behavior(pattern: str) -> Json:
    return {
        "PathPattern": pattern,
        "TargetOriginId": "app",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": _ALL_VIEWER_EXCEPT_HOST,
        **_behavior(_HOST),
    }


def _files_origin() -> Json:
    return {
        "Id": "files",
        "DomainName": attribute(BUCKET, "RegionalDomainName"),
        "OriginAccessControlId": attribute(_ACCESS, "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _app_origin(wish: Wish) -> Json:
    return {
        "Id": "app",
        "DomainName": origin(wish),
        "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only",
            "OriginSSLProtocols": ["TLSv1.2"],
            # Seconds; more than 60 takes a quota of one's own.
            "OriginReadTimeout": min(60, max(30, math.ceil(wish.settings.timeout))),
        },
    }


def _errors(settings: Site) -> list[Json]:
    """No error is remembered, so that what was mended is seen at once; and the 404 page."""
    replaced = replaced_status(settings)
    page = {"ResponseCode": 404, "ResponsePagePath": "/" + settings.not_found.lstrip("/")}
    return [
        {"ErrorCode": code, "ErrorCachingMinTTL": 0, **(page if code == replaced else {})} for code in _ERRORS
    ]


def _viewer_certificate(wish: Wish) -> Json:
    domain = wish.settings.domain
    if domain is None:
        return {"CloudFrontDefaultCertificate": True}
    return {
        "AcmCertificateArn": domain.certificate or ref(_CERTIFICATE),
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


def _domain(wish: Wish, domain: Domain) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    if not domain.certificate:
        found[_CERTIFICATE] = _certificate(wish, domain)
    elif domain.certificate.split(":")[2:4] != ["acm", _CERTIFICATES]:
        raise TemplateError(
            f"CloudFront cannot use the certificate {domain.certificate}.",
            why=f"It takes those of ACM in {_CERTIFICATES} only, wherever the stack is.",
            next=f"Request one for {domain.name} in {_CERTIFICATES} and give its ARN: certificate in "
            "[tool.sameroom.domain].",
        )
    if domain.zone:
        for kind in ("A", "AAAA"):
            found[f"SiteRecord{kind}"] = Resource(
                "AWS::Route53::RecordSet",
                {
                    "HostedZoneId": domain.zone,
                    "Name": domain.name,
                    "Type": kind,
                    "AliasTarget": {
                        "DNSName": attribute(DISTRIBUTION, "DomainName"),
                        "HostedZoneId": _CLOUDFRONT_ZONE,
                    },
                },
            )
    return found


def _certificate(wish: Wish, domain: Domain) -> Resource:
    if wish.settings.region != _CERTIFICATES:
        where = f"is in {wish.settings.region}" if wish.settings.region else "names no region"
        raise TemplateError(
            f"The site's domain {domain.name} needs a certificate from {_CERTIFICATES}.",
            why="CloudFront takes no other, a stack requests certificates in its own region only, and "
            f"this one {where}.",
            next=f"Request it there (aws acm request-certificate --region {_CERTIFICATES} --domain-name "
            f"{domain.name} --validation-method DNS) and give its ARN: certificate in "
            f'[tool.sameroom.domain]; or deploy there: region = "{_CERTIFICATES}".',
        )
    return Resource(
        "AWS::CertificateManager::Certificate",
        {
            "DomainName": domain.name,
            "ValidationMethod": "DNS",
            "DomainValidationOptions": [{"DomainName": domain.name, "HostedZoneId": domain.zone}],
        },
    )
