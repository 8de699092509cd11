"""An enquiry, and what makes one: pure, so that every way in gives the same answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email


class Field(NamedTuple):
    """One field of the form."""

    name: str
    label: str
    #: Characters.
    longest: int
    required: bool = False
    #: What a browser may fill in by itself: the HTML attribute ``autocomplete``.
    autocomplete: str = "off"
    type: str = "text"
    hint: str = ""


FIELDS = (
    Field("first_name", "First name", 80, True, "given-name"),
    Field("last_name", "Last name", 80, True, "family-name"),
    Field("email", "Email address", 254, True, "email", "email"),
    Field("phone_number", "Phone number", 40, False, "tel", "tel"),
    Field("company", "Company", 120, False, "organization"),
    Field("job_title", "Job title", 100, False, "organization-title"),
    Field(
        "message",
        "Your message",
        5000,
        True,
        type="textarea",
        hint="What would you like to learn, and for whom?",
    ),
)
BY_NAME = {field.name: field for field in FIELDS}

_PHONE = re.compile(r"\+?[0-9(][0-9() ./-]{3,}([ ,;]*(x|ext\.?) ?[0-9]{1,8})?", re.ASCII | re.IGNORECASE)
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


class Enquiry(NamedTuple):
    """What a visitor has sent; optional fields are "" when left out."""

    first_name: str
    last_name: str
    email: str
    phone_number: str
    company: str
    job_title: str
    message: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class NotAnEnquiry(Exception):
    """Some fields cannot be taken; ``faults`` says why, by name of the field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


def checked(values: Mapping[str, str]) -> Enquiry:
    """The enquiry in ``values``, in Unicode's composed form and without space around it.

    :raises NotAnEnquiry: with the faults of all fields at once.
    """
    faults: dict[str, str] = {}
    taken: dict[str, str] = {}
    for field in FIELDS:
        value = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", values.get(field.name, ""))).strip()
        if fault := _fault(field, value):
            faults[field.name] = fault
        taken[field.name] = value
    if "email" not in faults:
        try:
            taken["email"] = validate_email(
                taken["email"], check_deliverability=False, strict=True
            ).normalized
        except EmailNotValidError as error:
            faults["email"] = f"This is not an email address. {error}"
    if faults:
        raise NotAnEnquiry(faults)
    return Enquiry(**taken)


def _fault(field: Field, value: str) -> str:
    if "\ufffd" in value:
        return "A character in here did not arrive as text; please write it anew."
    if all(unicodedata.category(character)[0] in "ZC" for character in value):
        if field.required:
            return "Please fill this in."
        return "" if not value else "Nothing in here can be seen; leave it empty, or write something."
    if len(value) > field.longest:
        return f"This has {len(value):,} characters; {field.longest:,} are the most."
    if found := _control(value, "\n\t" if field.type == "textarea" else ""):
        return f"This has a control character, U+{ord(found):04X}, in it; please write it anew."
    if field.type == "tel" and not _PHONE.fullmatch(value):
        return "This is not a phone number: digits, spaces and + ( ) - . / are, and an extension as x12."
    return ""


def _control(value: str, allowed: str) -> str:
    controls = (c for c in value if unicodedata.category(c) == "Cc" and c not in allowed)
    return next(controls, "")
