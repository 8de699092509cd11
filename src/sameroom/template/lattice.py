"""A VPC Lattice service whose one target is the function.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from __future__ import annotations

from .ids import ALIAS
from .values import Json, Output, Part, Resource, Wish, arn, attribute, ref, sub

SERVICE = "LatticeService"
TARGETS = "LatticeTargetGroup"


def lattice(wish: Wish) -> Part:
    """Event structure V2, or V1 for the door ``lattice-v1``."""
    version = "V1" if wish.settings.door == "lattice-v1" else "V2"
    signed = wish.settings.lattice.auth == "AWS_IAM"
    resources = {
        SERVICE: Resource(
            "AWS::VpcLattice::Service",
            {"AuthType": "AWS_IAM" if signed else "NONE"},
        ),
        "LatticePermission": Resource(
            "AWS::Lambda::Permission",
            {
                "FunctionName": ref(ALIAS),
                "Action": "lambda:InvokeFunction",
                "Principal": "vpc-lattice.amazonaws.com",
                "SourceArn": arn(TARGETS),
            },
        ),
        TARGETS: Resource(
            "AWS::VpcLattice::TargetGroup",
            {
                "Type": "LAMBDA",
                "Config": {"LambdaEventStructureVersion": version},
                "Targets": [{"Id": ref(ALIAS)}],
            },
        ),
        "LatticeListener": Resource(
            "AWS::VpcLattice::Listener",
            {
                "ServiceIdentifier": ref(SERVICE),
                "Protocol": "HTTPS",
                "Port": 443,
                "DefaultAction": {
                    "Forward": {"TargetGroups": [{"TargetGroupIdentifier": ref(TARGETS), "Weight": 100}]}
                },
            },
            depends_on=("LatticePermission",),
        ),
    }
    if signed:
        resources["LatticePolicy"] = Resource(
            "AWS::VpcLattice::AuthPolicy", {"ResourceIdentifier": arn(SERVICE), "Policy": _policy()}
        )
    if wish.settings.lattice.network:
        resources["LatticeNetwork"] = Resource(
            "AWS::VpcLattice::ServiceNetworkServiceAssociation",
            {
                "ServiceIdentifier": ref(SERVICE),
                "ServiceNetworkIdentifier": wish.settings.lattice.network,
            },
        )
    url = {"Fn::Join": ["", ["https://", attribute(SERVICE, "DnsEntry.DomainName")]]}
    return Part(resources, outputs={"Url": Output(url, "Where the app answers, inside the network")})


def _policy() -> Json:
    """Everybody of this account who signs."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
                "Action": "vpc-lattice-svcs:Invoke",
                "Resource": sub("${" + SERVICE + ".Arn}/*"),
            }
        ],
    }
