"""Code and static files of one release: let in together, taken back together, rolled back together."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.cloud import ACCOUNT, REGION, Stand
from fakes.releasing import RAISING, Shop, Told
from fakes.site_folder import SITE, front_end, place

from sameroom.errors import ReleaseFailed
from sameroom.operate.deployment import Deployment
from sameroom.operate.rollback import rollback
from sameroom.releases.values import Release
from sameroom.site import prepare
from sameroom.stack.release import release


class Front(Shop):
    """A shop with a site, whose first page and whose app say the same name."""

    def __init__(self, stand: Stand, project: Path) -> None:
        super().__init__(stand.cloud())
        self.project = project
        where = place(self.cloud)
        self.outputs |= {"SiteBucket": where.bucket, "DistributionId": where.distribution}

    def deploy(self, name: str, more: str = "") -> Release:
        turn = self.turn(self.publish(name, more), site=SITE)
        prepared = prepare(front_end(self.project, **{"index.html": f"<title>{name}</title>"}), SITE)
        return release(self.cloud, turn._replace(wanted=turn.wanted._replace(site=prepared)), Told())

    @property
    def page(self) -> str:
        said = self.cloud.call("s3", "get_object", Bucket=self.outputs["SiteBucket"], Key="index.html")
        return str(said["Body"].read().decode())

    @property
    def shown(self) -> tuple[str, str]:
        return self.live, self.page


def test_code_and_files_go_forward_and_back_together(stand: Stand, tmp_path: Path) -> None:
    front = Front(stand, tmp_path)
    assert front.deploy("blue").site == f"sites/{front.stack}/1.json"
    front.deploy("green")
    assert front.shown == ("2", "<title>green</title>")
    with pytest.raises(ReleaseFailed, match="Version 2 serves again"):
        front.deploy("red", RAISING)
    assert front.shown == ("2", "<title>green</title>")
    deployed = Deployment(front.stack, REGION, ACCOUNT, "UPDATE_COMPLETE", front.outputs, {}, "")
    rollback(front.cloud, deployed, front.bucket, None)
    assert front.shown == ("1", "<title>blue</title>")
    rollback(front.cloud, deployed, front.bucket, 2)
    assert front.shown == ("2", "<title>green</title>")
