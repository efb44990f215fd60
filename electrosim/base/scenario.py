"""Scenario tables: frozen, every key known, every error one sentence with file, line and key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, ValidationInfo, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from electrosim.base.errors import InputError, nearest
from electrosim.base.toml import Document, KeyPath


class Table(BaseModel):
    """A table of a scenario: frozen, and an unknown key is an error that names the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            known = {field.alias or name for name, field in cls.model_fields.items()}
            for key in data:
                if key not in known:
                    raise unknown_key(key, known)
        return data


def unknown_key(key: Any, known: Iterable[str]) -> PydanticCustomError:
    """Return pydantic's error for a key that a table does not have, to be raised by a validator of that table."""
    return PydanticCustomError("unknown_key", "{hint}", {"key": str(key), "hint": nearest(str(key), known)})


class Output(Table):
    """What is written beside the numbers."""

    fields: bool = Field(False, description="keep the full fields in result.nc")
    figures: bool = Field(True, description="draw figures/*.png")


class Scenario(Table):
    """The part that all kinds share; each physics adds its tables, `problem` and `method`."""

    kind: str
    title: str = Field("", max_length=200)
    description: str = Field("", max_length=4000)
    output: Output = Field(default_factory=Output)

    _file: str = PrivateAttr("scenario")

    @property
    def problem(self) -> Any:
        """What is solved, in SI units and arrays; made when asked for, since it may read an image."""
        raise NotImplementedError

    @property
    def method(self) -> Any:
        """How it is solved."""
        raise NotImplementedError

    @property
    def seed(self) -> int | None:
        """The seed behind what is random in this scenario."""
        return None

    def options(self) -> Mapping[str, Any]:
        """Return further arguments of the physics' `solve`."""
        return {}

    def citations(self) -> Sequence[str]:
        """Return the references behind this scenario, one line each."""
        return ()

    def resolved(self) -> dict[str, Any]:
        """Return the scenario as plain values, defaults filled in, quantities in SI with their unit."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _from_folder(path: Path, info: ValidationInfo) -> Path:
    folder = info.context.get("folder", Path()) if isinstance(info.context, dict) else Path()
    if "\0" in str(path):
        raise PydanticCustomError("path", "is not a file name")
    return (folder / path.expanduser()).absolute()


ScenarioPath = Annotated[Path, AfterValidator(_from_folder), Field(description="relative to the scenario file")]
"""A path in a scenario: relative to the scenario's folder, absolute once it was checked."""

AnyScenario = TypeVar("AnyScenario", bound=Scenario)


def validate(model: type[AnyScenario], document: Document) -> AnyScenario:
    """Check a document against a kind's tables.

    Raises
    ------
    InputError
        With the first thing that is wrong, as ``file:line: key = value ...``, and the count of the others.
    """
    try:
        scenario = model.model_validate(document.data, context={"folder": document.folder})
    except ValidationError as error:
        details = error.errors(include_url=False)
        more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
        raise InputError(describe(details[0], document) + more) from None
    scenario._file = document.name
    return scenario


def describe(error: ErrorDetails, document: Document) -> str:
    """Write one of pydantic's errors as a sentence with file, line, key, value and what is allowed."""
    path, value = _locate(error, document.data)
    key = ".".join(map(str, path))
    place = document.place(path)
    message = error["msg"][:1].lower() + error["msg"][1:]
    if error["type"] == "unknown_key":
        return f"{place}: {key or 'the scenario'} is not known here; {message}"
    if error["type"] == "missing":
        return f"{place}: {key} is missing; add it"
    if not path:
        return f"{place}: {message}"
    return f"{place}: {key} = {_shown(value)}: {message}"


def _locate(error: ErrorDetails, data: Any) -> tuple[KeyPath, Any]:
    """Return key path and value of an error; pydantic's location also holds the tags of unions, left out here."""
    path: list[str | int] = []
    here = data
    for part in error["loc"]:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        elif not (error["type"] == "missing" and part == error["loc"][-1]):
            continue
        path.append(part)
    if error["type"] == "unknown_key":
        path.append(error["ctx"]["key"])
    return tuple(path), here


def _shown(value: Any) -> str:
    """Return a value as it stands in TOML, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = '"' + value.replace("\n", " ") + '"'
    else:
        text = "a table" if isinstance(value, dict) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."

