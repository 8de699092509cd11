"""What the app keeps about itself: its owner, sessions, tokens, settings, the log, keys of requests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Identified, Moment, now


class Owner(Identified, Base):
    """Whose portfolios these are. There is one."""

    __tablename__ = "owner"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))


class Login(Base):
    """A browser that is logged in. Only the hash of its cookie is kept."""

    __tablename__ = "login"

    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("owner.id", ondelete="CASCADE"))
    began_at: Mapped[datetime] = mapped_column(Moment, default=now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")


class FailedLogin(Identified, Base):
    """A wrong password, counted for an hour."""

    __tablename__ = "failed_login"
    __table_args__ = (Index("ix_failed_login_address", "address", "at"),)

    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class ApiToken(Identified, Base):
    """What a script says instead of a password. Only its hash is kept."""

    __tablename__ = "api_token"

    owner_id: Mapped[str] = mapped_column(ForeignKey("owner.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(5), default="read")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Setting(Base):
    """One of the settings, as JSON; what is not here has its default."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class LogRecord(Base):
    """One line of the log."""

    __tablename__ = "log_record"
    __table_args__ = (Index("ix_log_record_category_at", "category", "at"),)

    #: Grows, so that pages stay pages while lines are added.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    level: Mapped[str] = mapped_column(String(8), index=True)
    category: Mapped[str] = mapped_column(String(12))
    message: Mapped[str] = mapped_column(Text)
    details: Mapped[Any] = mapped_column(JSON, nullable=True)
    source: Mapped[str] = mapped_column(String(255), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    stack_trace: Mapped[str] = mapped_column(Text, default="")
    http_status: Mapped[int | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")


class Remembered(Base):
    """The answer to a create with an Idempotency-Key, to be given again for a day."""

    __tablename__ = "remembered"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)


class Job(Identified, Base):
    """Work that goes on after its request: what was asked, how far it is, what came of it."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    stage: Mapped[str] = mapped_column(String(20), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: The file of an import, until it is over.
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    result: Mapped[Any] = mapped_column(JSON, nullable=True)
    problem: Mapped[Any] = mapped_column(JSON, nullable=True)
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
    told_at: Mapped[datetime] = mapped_column(Moment)


class Deleted(Identified, Base):
    """Rows that were deleted: kept for a week, whole, so that it can be undone."""

    __tablename__ = "deleted"

    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    on: Mapped[date | None] = mapped_column("date")
    #: The rows as JSON, compressed.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, index=True)
