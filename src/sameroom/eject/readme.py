"""The README of what was ejected: how to deploy it without us, and what is now yours to do."""

from __future__ import annotations

from .values import Source

CLOUDFORMATION = """\
    ./deploy.sh YOUR-BUCKET

uploads `app.zip` and deploys `template.json`: some lines of shell around `aws cloudformation deploy`. The
bucket is one of yours in {region}. The stack is `{stack}`: where sameroom deployed it before, this goes on
with it.
"""

SAM = """\
    sam deploy --stack-name {stack} --region {region} --resolve-s3 --capabilities CAPABILITY_IAM

`sam` uploads `app.zip`, publishes a version whenever the zip or the function's settings have changed, and
moves the alias `live` to it.

A stack that sameroom deployed has the version and the alias under other names: deploy this one beside it,
under another stack name, move what it holds, and delete the old one.
"""

TERRAFORM = """\
    terraform init
    terraform plan
    terraform apply

The region is the variable `region` ({region} unless you say otherwise), and names begin with the variable
`name` ({stack}).

- **New code**: put the new zip in the place of `app.zip`, and apply. A version is published, and the alias
  `live` moves to it.
- **Back to an earlier version**: `terraform apply -var live_version=7`. Without the variable the newest
  version serves again.
- **Take it down**: `terraform destroy`. What holds data has `prevent_destroy`, and nothing is destroyed as
  long as that is there: empty the buckets and take it out of `main.tf` first.

Terraform does not know of a stack that sameroom deployed: it makes everything anew. To keep data,
`terraform import` the tables, queues and buckets under the addresses in `main.tf`, before the first apply,
and name them there as they are named; the stack keeps them when it is deleted.
"""

_ALL = """\
# {stack}

Ejected from sameroom. Nothing here needs it any more.

{how}
## The code

`app.zip` is what `sameroom build` made. Any zip for the same runtime will do that has your app, its
dependencies and the package `sameroom`, whose `runtime` is the function's handler: `pip install --target`
and `zip`.

## What sameroom did besides

- It ran the release command on the new version before the alias moved, asked the app for a page
  afterwards, and moved the alias back if that failed. Here the alias moves at once.
- It kept a history for `rollback`. Here, point the alias at an earlier version.
- Secrets stay where they were: SSM parameters under `/sameroom/{stack}/`.
{site}"""

_SITE = """\
- It published the static site. Here, copy the files into the bucket `SiteBucket`:
  `aws s3 sync DIR s3://BUCKET`; and tell CloudFront:
  `aws cloudfront create-invalidation --distribution-id ID --paths '/*'`.
"""


def readme(source: Source, how: str) -> str:
    """``how`` is one of this module's texts."""
    site = _SITE if "SiteBucket" in source.document.get("Outputs", {}) else ""
    return _ALL.format(
        stack=source.stack, how=how.format(stack=source.stack, region=source.region), site=site
    )
