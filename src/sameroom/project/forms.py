"""Texts of a certain form, and the words for it: what people are told instead of a regular expression."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Form(NamedTuple):
    """``Annotated[str, Form(pattern, words)]``: a text that matches, in the model and in its JSON Schema.

    ``words`` are a clause: what is right, without a full stop.
    """

    pattern: str
    words: str

    def check(self, value: str) -> str:
        """
        :raises ValueError: ``value`` does not match.
        """
        # Without the newline that $ would let pass.
        if "\n" in value or not re.search(self.pattern, value):
            raise ValueError(self.words)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": self.pattern}
