"""TOML files read with the line of every key, so that an error can name the place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from electrosim.base.errors import InputError, shortened
from electrosim.base.toml_lines import BARE_KEY, KeyPath, Token, key_lines, key_parts, tokens

LARGEST_FILE = 1 << 20
_DEEPEST = 32  # brackets in brackets, or parts of a dotted key: what no scenario needs and parsers choke on
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """A parsed TOML file.

    Parameters
    ----------
    name : str
        What messages call the file.
    folder : Path
        Folder that relative paths in the file start from.
    data : dict
        The content as tomllib gives it.
    lines : mapping of key paths to int
        Line of each key (from 1); empty for a document that was not read from text.
    overrides : set of key paths
        Keys that were set from outside; messages say so instead of naming a line.
    """

    name: str
    folder: Path
    data: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    overrides: frozenset[KeyPath] = frozenset()

    def shares(self, other: Document, key: str) -> bool:
        """Tell whether the entry of a key is the very same in both documents."""
        return key in self.data and self.data[key] is other.data.get(key)

    def place(self, path: KeyPath) -> str:
        """Return ``file:line`` of a key, or of the nearest table around it that has a line."""
        starts = [path[:end] for end in range(len(path), 0, -1)]
        if any(start in self.overrides for start in starts):
            return f"{self.name} (overridden)"
        return next((f"{self.name}:{self.lines[start]}" for start in starts if start in self.lines), self.name)


def read(path: Path) -> Document:
    """Read a TOML file.

    Raises
    ------
    InputError
        If the file is missing, larger than 1 MiB, not UTF-8 or not TOML; the message names the line.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; give a file")
        if not path.is_file():
            raise InputError(f"{path}: there is no such file; check the path")
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path}: the file is larger than 1 MiB, which no scenario is")
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else getattr(error, "strerror", error)
        raise InputError(f"{path}: the file cannot be read: {reason}") from None
    return parse(text, name=str(path), folder=path.parent)


def parse(text: str, *, name: str, folder: Path) -> Document:
    """Parse TOML text; `name` and `folder` as in `Document`."""
    words = tokens(text)
    _refuse_depth(words, name)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{name}: the brackets are nested too deeply") from None
    except ValueError as error:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = f"{name}:{match[1]}" if match else name
        reason = re.sub(r"\s*\(at [^)]*\)", "", str(error)).strip().rstrip(".")
        if "integer string conversion" in reason:
            reason = "a whole number has too many digits"
        raise InputError(f"{place}: this is not valid TOML: {reason}") from None
    document = Document(name=name, folder=folder, data=data, lines=key_lines(words))
    _refuse_strange_values(document, (), data)
    return document


def parse_value(text: str) -> Any:
    """Read the right-hand side of ``key=value`` on a command line: a TOML value, or else the text itself."""
    try:
        data = parse(f"value = {text}", name="", folder=Path()).data
    except InputError:
        return text
    return data["value"] if set(data) == {"value"} else text


def override(document: Document, values: Mapping[str, Any]) -> Document:
    """Return the document with keys such as ``"image.seed"`` set; a number steps into a list.

    Parts of a key are separated by dots; a part that holds a dot itself is written in quotes, as in TOML. Tables and
    lists in which nothing is set are those of the former document, not copies.

    Raises
    ------
    InputError
        If a key path is empty or leads through something that is not a table or list, or a value cannot stand in
        TOML.
    """
    data = dict(document.data)
    done = set(document.overrides)
    for key, value in values.items():
        done.add(_set(data, _split_key(key, document.name), _copy(value), document.name))
    changed = Document(document.name, document.folder, data, document.lines, frozenset(done))
    _refuse_strange_values(changed, (), {key: data[key] for key in data if not document.shares(changed, key)})
    return changed


def split_assignment(text: str) -> tuple[str, str] | None:
    """Split ``key=value`` at the first equals sign outside quotes; None if there is no key or no sign."""
    match = re.fullmatch(r"""((?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'=])+)=(.*)""", text, re.DOTALL)
    if match is None or not match[1].strip():
        return None
    return match[1].strip(), match[2].strip()


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _split_key(key: str, name: str) -> tuple[str, ...]:
    """Return the parts of a key of an override, which are more lenient than TOML: blanks need no quotes."""
    refused = InputError(f'{name}: "{shortened(key)}" is not a key path such as image.seed')
    if '"' in key or "'" in key:
        try:
            _refuse_depth(tokens(key), name)
            parts = key_parts(key)
        except ValueError:
            raise refused from None
    else:
        parts = tuple(part.strip() for part in key.split("."))
    if "" in parts or len(parts) > _DEEPEST:
        raise refused
    return parts


def _set(data: dict[str, Any], parts: tuple[str, ...], value: Any, name: str) -> KeyPath:
    """Set an entry, making or copying what is on the way; return its path, in which places in lists are numbers."""
    here: Any = data
    path: KeyPath = ()
    for part in parts:
        inside, step = here, _step(here, part)
        if step is None:
            kind = f"a list of {len(here)}" if isinstance(here, list) else "neither a table nor a list"
            raise InputError(
                f"{name}: cannot set {dotted(parts)}: {dotted(path)} is {kind} and has no entry {shortened(part)}"
            )
        path = (*path, step)
        here = inside.get(step, {}) if isinstance(inside, dict) else inside[step]
        here = inside[step] = here.copy() if isinstance(here, (dict, list)) else here
    inside[step] = value
    return path


def _step(here: Any, part: str) -> str | int | None:
    """Return the key or the place in a list that a part of a key means."""
    if isinstance(here, dict):
        return part
    if isinstance(here, list) and re.fullmatch(r"[0-9]{1,6}", part) and int(part) < len(here):
        return int(part)
    return None


def _refuse_strange_values(document: Document, path: KeyPath, value: Any) -> None:
    """Refuse what TOML lets through or an override brings along, and what breaks files and messages later."""
    if len(path) > _DEEPEST:
        raise InputError(f"{document.place(path)}: tables and lists are nested deeper than {_DEEPEST} levels")
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str) and _UNPRINTABLE.search(key):
                raise InputError(f"{document.place((*path, key))}: the key {ascii(key)[:60]} holds a control character")
            _refuse_strange_values(document, (*path, key), item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _refuse_strange_values(document, (*path, place), item)
    elif isinstance(value, str) and _UNPRINTABLE.search(value):
        raise InputError(f"{document.place(path)}: {dotted(path)} holds a control character; remove it")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise InputError(f"{document.place(path)}: {dotted(path)} is a whole number of more than 64 bits")


def dotted(path: KeyPath) -> str:
    """Write a key path as in TOML, each part shortened."""
    parts = [shortened(str(part)) for part in path]
    return ".".join(part if BARE_KEY.fullmatch(part) and "." not in part else f'"{part}"' for part in parts)


def _refuse_depth(words: list[Token], name: str) -> None:
    """Refuse nesting that would take the parser's time, memory or stack; the text need not be valid."""
    brackets = dots = 0
    for token in words:
        if token.text in ("\n", ",", "=", "[", "]", "{", "}"):
            dots = 0
            brackets += (token.text in "[{") - (token.text in "]}")
        elif token.text[0] not in "\"'":
            dots += token.text.count(".")
        if max(brackets, dots) > _DEEPEST:
            raise InputError(f"{name}:{token.line}: keys or brackets are nested deeper than {_DEEPEST} levels")
