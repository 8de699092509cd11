"""What databases say, in words that tell what to do."""

from __future__ import annotations

import pytest

from sameroom.runtime.sql.explained import Place, explanation, is_conflict

AURORA = Place("rds", "app@shop.cluster-a1.eu-west-1.rds.amazonaws.com:5432/shop")
DSQL = Place("dsql", "app@abc.dsql.eu-west-1.on.aws/postgres")
SERVER = Place("postgresql", "app@db:5432/shop")
FILE = Place("sqlite", "/home/me/shop.db")
SCRATCH = Place("sqlite", "/tmp/mine/shop.db")


@pytest.mark.parametrize(
    ("place", "said", "words"),
    [
        (AURORA, 'FATAL:  PAM authentication failed for user "app"', "Has the user been granted rds_iam?"),
        (AURORA, 'FATAL: password authentication failed for user "app"', "refuses the IAM token"),
        (DSQL, "FATAL: unable to accept connection, access denied", "its IAM role (AWS IAM GRANT)"),
        (SERVER, "fe_sendauth: no password supplied", "refuses the user or the password"),
        (SERVER, 'FATAL: role "app" does not exist', "refuses the user or the password"),
        (SERVER, "FATAL: sorry, too many clients already", "takes no more connections"),
        (SERVER, "FATAL: remaining connection slots are reserved", "takes no more connections"),
        (SERVER, "connection timeout expired", "app@db:5432/shop does not answer"),
        (SERVER, "FATAL: the database system is starting up", "is starting or ending"),
        (SERVER, "server does not support SSL, but SSL was required", "There is no TLS"),
        (SERVER, "something that nobody has met", "There is no way to connect to app@db:5432/shop."),
    ],
)
def test_what_keeps_one_from_connecting_has_its_words(place: Place, said: str, words: str) -> None:
    assert words in explanation(said, "", place, connecting=True, lost=True)


@pytest.mark.parametrize(
    ("place", "said", "code", "lost", "words"),
    [
        (
            SERVER,
            "server closed the connection unexpectedly",
            "",
            True,
            "lost in the middle of a transaction",
        ),
        (SERVER, "could not serialize access", "40001", False, "Run it again: sql.retrying does that"),
        (DSQL, "change conflicts with another transaction, please retry: (OC000)", "", False, "Run it again"),
        (SERVER, "deadlock detected", "40P01", False, "Run it again"),
        (SERVER, "null value in column violates not-null constraint", "23502", False, ""),
        (FILE, "database is locked", "", False, "held SQLite's file /home/me/shop.db"),
        (FILE, "attempt to write a readonly database", "", False, "SQLite cannot write its file"),
        (FILE, "unable to open database file", "", False, "on AWS name a server"),
        (SCRATCH, "unable to open database file", "", False, "each sandbox has a /tmp of its own"),
        (SCRATCH, "attempt to write a readonly database", "", False, "SQLite cannot write its file"),
        (FILE, "database or disk is full", "", False, "no room left"),
        (FILE, "UNIQUE constraint failed: note.id", "", False, ""),
    ],
)
def test_what_goes_wrong_in_a_transaction_has_its_words_or_needs_none(
    place: Place, said: str, code: str, lost: bool, words: str
) -> None:
    found = explanation(said, code, place, connecting=False, lost=lost)
    assert (words in found) if words else found == ""


def test_conflicts_are_those_that_another_run_may_mend() -> None:
    assert is_conflict("x", "40001")
    assert is_conflict("schema has been updated by another transaction: (OC001)", "40001")
    assert not is_conflict("an order named OC000", "23505")
    assert not is_conflict("x", "40002")
