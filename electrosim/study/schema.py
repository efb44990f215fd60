"""The JSON schema of scenario files, for editors and for generated tests."""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import Any

from pydantic import TypeAdapter

from electrosim.study.kinds import KINDS, physics


def schema() -> dict[str, Any]:
    """Return the JSON schema of all kinds of scenario."""
    models = [physics(kind).Scenario for kind in KINDS]
    found = TypeAdapter(reduce(or_, models)).json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "electrosim scenario"}
    return head | {key: value for key, value in found.items() if key not in head}


def schema_text() -> str:
    """Return the schema as it stands in scenarios/scenario.schema.json."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
