"""The template as plain CloudFormation, and the few commands that deploy it."""

from __future__ import annotations

import json

from .readme import CLOUDFORMATION, readme
from .values import FUNCTION, Json, Source, settled

_DEPLOY = """\
#!/bin/sh
# Deploys this folder: ./deploy.sh BUCKET, where BUCKET is a bucket of yours in {region} for the zip.
set -eu
bucket="$1"
key="artifacts/$(sha256sum app.zip | cut -c1-64).zip"
aws s3 cp app.zip "s3://$bucket/$key" --region {region}
# A version is published when its name in the template is new: it is made of all that is deployed.
version="Version$(cat app.zip template.json | sha256sum | cut -c1-10)"
sed -E "s/\\"Version[0-9a-f]{{10}}\\"/\\"$version\\"/g" template.json > deployed.json
aws cloudformation deploy --region {region} --stack-name {stack} --template-file deployed.json \\
  --capabilities CAPABILITY_IAM --parameter-overrides "CodeBucket=$bucket" "CodeKey=$key" \\
  --s3-bucket "$bucket"
aws cloudformation describe-stacks --region {region} --stack-name {stack} \\
  --query 'Stacks[0].Outputs[?OutputKey==`Url`].OutputValue' --output text
"""


def cloudformation(source: Source) -> dict[str, str]:
    """Files by name; the zip goes beside them as ``app.zip``."""
    document = settled(source.document)
    resources: Json = dict(document["Resources"])
    function = resources[FUNCTION]
    code = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
    resources[FUNCTION] = {**function, "Properties": {**function["Properties"], "Code": code}}
    parameters = {
        **document.get("Parameters", {}),
        "CodeBucket": {"Type": "String", "Description": "The bucket that holds the zip"},
        "CodeKey": {"Type": "String", "Description": "The zip's key in it"},
    }
    document = {**document, "Parameters": parameters, "Resources": resources}
    return {
        "template.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "deploy.sh": _DEPLOY.format(stack=source.stack, region=source.region),
        "README.md": readme(source, CLOUDFORMATION),
    }
