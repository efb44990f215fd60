"""Scenario tables: frozen, every key known, every error one sentence with file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from electrosim.base.errors import InputError, nearest, shortened
from electrosim.base.toml import Document, dotted, override
from electrosim.base.toml_lines import KeyPath


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


def refuse(reason: str) -> PydanticCustomError:
    """Return pydantic's error for a value, to be raised by a validator."""
    return PydanticCustomError("refused", "{reason}", {"reason": reason})


def entries(least: int, most: int) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Return a validator for the length of a list; pydantic's own does not count entries that are wrong."""

    def check(value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not least <= len(value) <= most:
            raise refuse(f"has {len(value)} entries; give {least} to {most}")
        return value

    return check


class Output(Table):
    """What is written beside the numbers."""

    fields: bool = Field(False, strict=True, description="keep the full fields in result.nc")
    figures: bool = Field(True, strict=True, description="draw figures/*.png")


class Scenario(Table):
    """The part that all kinds share; each physics adds its tables, `problem` and `method`."""

    resumable: ClassVar[bool] = False
    """Whether the kind's `solve` takes `finished` and can so go on where it was interrupted."""

    selective: ClassVar[bool] = False
    """Whether the kind's `solve` takes `only`, the variables that are wanted, and leaves out the work for others."""

    kind: str
    title: str = Field("", max_length=200)
    description: str = Field("", max_length=4000)
    output: Output = Output()

    _document: Document = PrivateAttr(default_factory=lambda: Document("scenario", Path(), {}))

    def changed(self, values: Mapping[str, Any]) -> Self:
        """Return the scenario with keys such as ``"image.seed"`` set; raises as `validate`.

        Tables without any of these keys are taken as they were checked before.
        """
        document = override(self._document, values)
        kept = {
            key: table
            for name, field in type(self).model_fields.items()
            if self._document.shares(document, key := field.alias or name)
            and isinstance(table := getattr(self, name), Table)
        }
        return validate(type(self), document, kept)

    @property
    def name(self) -> str:
        """The title or, without one, the name of the file."""
        return self.title or Path(self._document.name).stem

    def place(self, key: tuple[str, ...]) -> str:
        """Return ``file:line`` of a key, or of what is nearest to it."""
        return self._document.place(key)

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


def from_folder(path: Path, info: ValidationInfo) -> Path:
    """Return the absolute path that a scenario means; a validator."""
    folder = info.context.get("folder", Path()) if isinstance(info.context, dict) else Path()
    try:
        return (folder / path.expanduser()).absolute()
    except RuntimeError:
        raise PydanticCustomError("path", "names a home folder that does not exist") from None


ScenarioPath = Annotated[Path, AfterValidator(from_folder), Field(description="relative to the scenario file")]
"""A path in a scenario: relative to the scenario's folder, absolute once it was checked."""

AnyScenario = TypeVar("AnyScenario", bound=Scenario)
AnyTable = TypeVar("AnyTable", bound=Table)
_NONE: Mapping[str, Table] = MappingProxyType({})


def validate(model: type[AnyScenario], document: Document, checked: Mapping[str, Table] = _NONE) -> AnyScenario:
    """Check a document against a kind's tables; arguments and errors as those of `check`."""
    scenario = check(model, document, checked)
    scenario._document = document
    return scenario


def check(model: type[AnyTable], document: Document, checked: Mapping[str, Table] = _NONE) -> AnyTable:
    """Check a document against tables of any sort.

    Parameters
    ----------
    model : type of Table
        What is allowed.
    document : Document
        What is written.
    checked : mapping of str to Table
        Tables of the document that were checked already, by their keys.

    Raises
    ------
    InputError
        With the first thing that is wrong, as ``file:line: key = value ...``, and the count of the others.
    """
    try:
        return model.model_validate({**document.data, **checked}, context={"folder": document.folder})
    except ValidationError as error:
        details = error.errors(include_url=False)
        more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
        raise InputError(describe(details[0], document) + more) from None


def describe(error: ErrorDetails, document: Document) -> str:
    """Write one of pydantic's errors as a sentence with file, line, key, value and what is allowed."""
    path, value = _locate(error, document.data)
    key = dotted(path)
    place = document.place(path)
    if error["type"] == "unknown_key":
        return f"{place}: {key} is not known here; {error['msg']}"
    if error["type"] == "missing":
        last = error["loc"][-1]
        if isinstance(last, int):
            return f"{place}: {key} = {shown(value)}: must have at least {last + 1} entries"
        return f"{place}: {key} is missing; add it"
    if not path:
        return f"{place}: {_wish(error)}"
    return f"{place}: {key} = {shown(value)}: {_wish(error)}"


_WISHES = {
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "string_type": "must be text in quotes",
    "path_type": "must be a file name in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "finite_number": "must be finite",
    "literal_error": "must be {expected}",
    "too_short": "must have at least {min_length} entry",
}
"""What pydantic's errors ask for, in words of a scenario; those not here read well as they are."""


def _wish(error: ErrorDetails) -> str:
    if error["type"] in _WISHES:
        return _WISHES[error["type"]].format(**error.get("ctx", {}))
    message = error["msg"][:1].lower() + error["msg"][1:]
    return message.replace("input should be", "must be").replace("string should have", "must have")


def _locate(error: ErrorDetails, data: Any) -> tuple[KeyPath, Any]:
    """Return key path and value of an error; pydantic's location also holds the tags of unions, left out here.

    A key that the file leaves out is part of the path if it is missing, or its default does not fit.
    """
    path: list[str | int] = []
    here = data
    for part in error["loc"]:
        if part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here)):
            here = here[part]
            path.append(part)
    value = here
    left_out = error["type"] == "missing" or error["input"] is not here
    if error["type"] == "unknown_key":
        path.append(error["ctx"]["key"])
    elif isinstance(here, dict) and left_out and error["loc"] and error["loc"][-1] not in path[-1:]:
        path.append(error["loc"][-1])
        value = error["input"]
    return tuple(path), value


def shown(value: Any) -> str:
    """Return a value as it stands in TOML, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = '"' + " ".join(value[:80].split()) + '"'
    else:
        text = "a table" if isinstance(value, dict) else str(value)
    return shortened(text)
