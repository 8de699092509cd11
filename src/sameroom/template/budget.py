"""A mail before the month becomes expensive.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
"""

from __future__ import annotations

from .values import Json, Part, Resource, Wish

#: Per cent of the budget, and whether money that is only expected counts.
_WHEN = ((80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED"))


def budget(wish: Wish) -> Part:
    """Of the whole account: what one stack costs AWS knows a day late, and only where tags are activated."""
    said = wish.settings.budget
    if said is None:
        return Part()
    mail = [{"SubscriptionType": "EMAIL", "Address": said.email}]
    notices: list[Json] = [
        {
            "Notification": {
                "NotificationType": kind,
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": percent,
                "ThresholdType": "PERCENTAGE",
            },
            "Subscribers": mail,
        }
        for percent, kind in _WHEN
    ]
    limit = {"Amount": said.monthly, "Unit": "USD"}
    properties = {
        "Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit},
        "NotificationsWithSubscribers": notices,
    }
    return Part({"Budget": Resource("AWS::Budgets::Budget", properties)})
