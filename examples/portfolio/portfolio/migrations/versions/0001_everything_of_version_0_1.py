"""Everything of version 0.1

Revision 0001, after .
"""

# ruff: noqa: E501
from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def exact(scale: int) -> sa.types.TypeEngine[Decimal]:
    """A decimal: NUMERIC, and whole steps as an integer on SQLite."""
    return sa.Numeric(18, scale).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("rate", exact(10), nullable=False),
        sa.CheckConstraint("base <> quote", name="ck_exchange_rate_pair"),
        sa.CheckConstraint("rate > 0", name="ck_exchange_rate_rate"),
        sa.PrimaryKeyConstraint("base", "quote", "date", name="pk_exchange_rate"),
    )
    op.create_table(
        "failed_login",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_login"),
    )
    op.create_index("ix_failed_login_address", "failed_login", ["address", "at"])

    op.create_table(
        "fund",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("isin", sa.String(length=12), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("exchange", sa.String(length=50), nullable=False),
        sa.Column("investment_type", sa.String(length=5), nullable=False),
        sa.Column("dividend_type", sa.String(length=5), nullable=False),
        sa.Column("price_error", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("dividend_type IN ('none', 'cash', 'stock')", name="ck_fund_dividend_type"),
        sa.CheckConstraint("investment_type IN ('fund', 'stock')", name="ck_fund_investment_type"),
        sa.CheckConstraint("length(currency) = 3", name="ck_fund_currency"),
        sa.PrimaryKeyConstraint("id", name="pk_fund"),
        sa.UniqueConstraint("isin", name="uq_fund_isin"),
    )
    op.create_table(
        "log_record",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("stack_trace", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_log_record"),
    )
    op.create_index("ix_log_record_at", "log_record", ["at"])
    op.create_index("ix_log_record_category_at", "log_record", ["category", "at"])
    op.create_index("ix_log_record_level", "log_record", ["level"])
    op.create_index("ix_log_record_request_id", "log_record", ["request_id"])

    op.create_table(
        "owner",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owner"),
        sa.UniqueConstraint("email", name="uq_owner_email"),
    )
    op.create_table(
        "portfolio",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=7), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("exclude_from_overview", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("method IN ('average', 'fifo')", name="ck_portfolio_method"),
        sa.CheckConstraint("length(currency) = 3", name="ck_portfolio_currency"),
        sa.PrimaryKeyConstraint("id", name="pk_portfolio"),
    )
    op.create_table(
        "remembered",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_remembered"),
    )
    op.create_index("ix_remembered_at", "remembered", ["at"])

    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "symbol",
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("exchange", sa.String(length=50), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("isin", sa.String(length=12), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("symbol", name="pk_symbol"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=5), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name="fk_api_token_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_table(
        "fund_price",
        sa.Column("fund_id", sa.String(length=36), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("price", exact(6), nullable=False),
        sa.CheckConstraint("price > 0", name="ck_fund_price_price"),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name="fk_fund_price_fund_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fund_id", "date", name="pk_fund_price"),
    )
    op.create_table(
        "fund_split",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("fund_id", sa.String(length=36), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("old", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("new > 0 AND old > 0 AND new <> old", name="ck_fund_split_ratio"),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name="fk_fund_split_fund_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_fund_split"),
        sa.UniqueConstraint("fund_id", "date", name="uq_fund_split_fund_id"),
    )
    op.create_table(
        "login",
        sa.Column("cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name="fk_login_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cookie_hash", name="pk_login"),
    )
    op.create_table(
        "portfolio_day",
        sa.Column("portfolio_id", sa.String(length=36), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("value", exact(4), nullable=False),
        sa.Column("cost", exact(4), nullable=False),
        sa.Column("realised", exact(4), nullable=False),
        sa.Column("proceeds", exact(4), nullable=False),
        sa.Column("sold_cost", exact(4), nullable=False),
        sa.Column("dividends", exact(4), nullable=False),
        sa.Column("fees", exact(4), nullable=False),
        sa.Column("paid_in", exact(4), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolio.id"], name="fk_portfolio_day_portfolio_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("portfolio_id", "date", name="pk_portfolio_day"),
    )
    op.create_index("ix_portfolio_day_date", "portfolio_day", ["date"])

    op.create_table(
        "position",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("portfolio_id", sa.String(length=36), nullable=False),
        sa.Column("fund_id", sa.String(length=36), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("missing_rate", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name="fk_position_fund_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolio.id"], name="fk_position_portfolio_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_position"),
        sa.UniqueConstraint("portfolio_id", "fund_id", name="uq_position_portfolio_id"),
    )
    op.create_index("ix_position_fund_id", "position", ["fund_id"])
    op.create_index("ix_position_kept_until", "position", ["kept_until"])

    op.create_table(
        "dividend",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position_id", sa.String(length=36), nullable=False),
        sa.Column("record_on", sa.Date(), nullable=False),
        sa.Column("ex_on", sa.Date(), nullable=False),
        sa.Column("per_share", exact(6), nullable=False),
        sa.Column("pays", sa.String(length=5), nullable=False),
        sa.Column("buy_order_on", sa.Date(), nullable=True),
        sa.Column("reinvested_shares", exact(6), nullable=True),
        sa.Column("reinvested_price", exact(6), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("pays IN ('cash', 'stock')", name="ck_dividend_pays"),
        sa.CheckConstraint(
            "(reinvested_shares IS NULL) = (reinvested_price IS NULL) AND (reinvested_shares IS NULL OR (reinvested_shares > 0 AND reinvested_price > 0))",
            name="ck_dividend_reinvestment",
        ),
        sa.CheckConstraint("per_share > 0", name="ck_dividend_per_share"),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name="fk_dividend_position_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dividend"),
    )
    op.create_index("ix_dividend_position_record", "dividend", ["position_id", "record_on"])

    op.create_table(
        "position_day",
        sa.Column("position_id", sa.String(length=36), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("shares", exact(6), nullable=False),
        sa.Column("price", exact(6), nullable=False),
        sa.Column("value", exact(4), nullable=False),
        sa.Column("cost", exact(4), nullable=False),
        sa.Column("realised", exact(4), nullable=False),
        sa.Column("proceeds", exact(4), nullable=False),
        sa.Column("sold_cost", exact(4), nullable=False),
        sa.Column("dividends", exact(4), nullable=False),
        sa.Column("fees", exact(4), nullable=False),
        sa.Column("paid_in", exact(4), nullable=False),
        sa.Column("base_value", exact(4), nullable=True),
        sa.Column("base_cost", exact(4), nullable=True),
        sa.Column("base_realised", exact(4), nullable=True),
        sa.Column("base_proceeds", exact(4), nullable=True),
        sa.Column("base_sold_cost", exact(4), nullable=True),
        sa.Column("base_dividends", exact(4), nullable=True),
        sa.Column("base_fees", exact(4), nullable=True),
        sa.Column("base_paid_in", exact(4), nullable=True),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name="fk_position_day_position_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("position_id", "date", name="pk_position_day"),
    )
    op.create_index("ix_position_day_date", "position_day", ["date"])

    op.create_table(
        "trade",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position_id", sa.String(length=36), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("shares", exact(6), nullable=False),
        sa.Column("price", exact(6), nullable=False),
        sa.Column("amount", exact(4), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(kind = 'fee' AND shares = 0 AND price = 0 AND amount > 0) OR (kind <> 'fee' AND shares > 0 AND price > 0 AND amount = 0)",
            name="ck_trade_figures",
        ),
        sa.CheckConstraint("kind IN ('buy', 'sell', 'fee')", name="ck_trade_kind"),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name="fk_trade_position_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_trade"),
    )
    op.create_index("ix_trade_date", "trade", ["date"])
    op.create_index("ix_trade_position_date", "trade", ["position_id", "date"])

    op.create_table(
        "gain",
        sa.Column("trade_id", sa.String(length=36), nullable=False),
        sa.Column("proceeds", exact(4), nullable=False),
        sa.Column("basis", exact(4), nullable=False),
        sa.Column("realised", exact(4), nullable=False),
        sa.ForeignKeyConstraint(["trade_id"], ["trade.id"], name="fk_gain_trade_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trade_id", name="pk_gain"),
    )
    op.create_table(
        "payout",
        sa.Column("dividend_id", sa.String(length=36), nullable=False),
        sa.Column("owned", exact(6), nullable=False),
        sa.Column("total", exact(4), nullable=False),
        sa.ForeignKeyConstraint(
            ["dividend_id"], ["dividend.id"], name="fk_payout_dividend_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dividend_id", name="pk_payout"),
    )


def downgrade() -> None:
    op.drop_table("payout")
    op.drop_table("gain")
    op.drop_index("ix_trade_position_date", table_name="trade")
    op.drop_index("ix_trade_date", table_name="trade")

    op.drop_table("trade")
    op.drop_index("ix_position_day_date", table_name="position_day")

    op.drop_table("position_day")
    op.drop_index("ix_dividend_position_record", table_name="dividend")

    op.drop_table("dividend")
    op.drop_index("ix_position_kept_until", table_name="position")
    op.drop_index("ix_position_fund_id", table_name="position")

    op.drop_table("position")
    op.drop_index("ix_portfolio_day_date", table_name="portfolio_day")

    op.drop_table("portfolio_day")
    op.drop_table("login")
    op.drop_table("fund_split")
    op.drop_table("fund_price")
    op.drop_table("api_token")
    op.drop_table("symbol")
    op.drop_table("setting")
    op.drop_index("ix_remembered_at", table_name="remembered")

    op.drop_table("remembered")
    op.drop_table("portfolio")
    op.drop_table("owner")
    op.drop_index("ix_log_record_request_id", table_name="log_record")
    op.drop_index("ix_log_record_level", table_name="log_record")
    op.drop_index("ix_log_record_category_at", table_name="log_record")
    op.drop_index("ix_log_record_at", table_name="log_record")

    op.drop_table("log_record")
    op.drop_table("fund")
    op.drop_index("ix_failed_login_address", table_name="failed_login")

    op.drop_table("failed_login")
    op.drop_table("exchange_rate")
