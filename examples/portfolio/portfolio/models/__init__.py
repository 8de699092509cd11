"""The tables."""

from __future__ import annotations

from .base import Base, db
from .holdings import ExchangeRate, Fund, FundPrice, FundSplit, Portfolio, Position, Symbol
from .house import ApiToken, Deleted, FailedLogin, Job, Login, LogRecord, Owner, Remembered, Setting
from .ledger import Dividend, Gain, Payout, PortfolioDay, PositionDay, Trade

__all__ = [
    "ApiToken",
    "Base",
    "Deleted",
    "Dividend",
    "ExchangeRate",
    "FailedLogin",
    "Fund",
    "FundPrice",
    "FundSplit",
    "Gain",
    "Job",
    "LogRecord",
    "Login",
    "Owner",
    "Payout",
    "Portfolio",
    "PortfolioDay",
    "Position",
    "PositionDay",
    "Remembered",
    "Setting",
    "Symbol",
    "Trade",
    "db",
]
