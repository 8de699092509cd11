"""(settings, code) -> Template: plain CloudFormation, least privilege, and the same text for the same wish.

>>> template(Wish("shop-prod", settings, code, variables)).document["Resources"]
"""

from __future__ import annotations

from .assembling import template
from .values import Code, Template, Wish

__all__ = ["Code", "Template", "Wish", "template"]
