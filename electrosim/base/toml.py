"""TOML files read with the line of every key, so that an error can name the place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from electrosim.base.errors import InputError

KeyPath = tuple[str | int, ...]

_LARGEST_FILE = 1 << 20
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''  # strings
    r"|\#[^\n]*|\n|\[\[|\]\]|[\[\]{},=]|[^\s\[\]{},=#\"']+",
    re.DOTALL,
)


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

    def place(self, path: KeyPath) -> str:
        """Return ``file:line`` of a key, or of the nearest table around it that has a line."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.overrides:
                return f"{self.name} (overridden)"
            if path[:end] in self.lines:
                return f"{self.name}:{self.lines[path[:end]]}"
        return self.name


def read(path: Path) -> Document:
    """Read a TOML file.

    Raises
    ------
    InputError
        If the file is missing, larger than 1 MiB, not UTF-8 or not TOML; the message names the line.
    """
    try:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file; check the path")
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"{path}: the file is larger than 1 MiB, which no scenario is")
        text = path.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise InputError(f"{path}: the file cannot be read: {reason}") from None
    return parse(text, name=str(path), folder=path.parent)


def parse(text: str, *, name: str, folder: Path) -> Document:
    """Parse TOML text; `name` and `folder` as in `Document`."""
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{name}: the brackets are nested too deeply") from None
    except ValueError as error:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = f"{name}:{match[1]}" if match else name
        reason = re.sub(r"\s*\(at [^)]*\)", "", str(error)).strip().rstrip(".")
        raise InputError(f"{place}: this is not valid TOML: {reason}") from None
    return Document(name=name, folder=folder, data=data, lines=key_lines(text))


def parse_value(text: str) -> Any:
    """Read the right-hand side of ``key=value`` on a command line: a TOML value, or else the text itself."""
    try:
        data = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return data["value"] if set(data) == {"value"} else text


def override(document: Document, values: Mapping[str, Any]) -> Document:
    """Return the document with keys such as ``"image.seed"`` set; a number steps into a list.

    Raises
    ------
    InputError
        If a key path is empty or leads through something that is not a table or list.
    """
    data = _copy(document.data)
    done = set(document.overrides)
    for key, value in values.items():
        path: KeyPath = tuple(int(part) if part.isdecimal() and len(part) < 6 else part for part in key.split("."))
        if "" in path:
            raise InputError(f'{document.name}: "{key}" is not a key path such as image.seed')
        _set(data, path, value, document.name)
        done.add(path)
    return Document(document.name, document.folder, data, document.lines, frozenset(done))


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _set(data: dict[str, Any], path: KeyPath, value: Any, name: str) -> None:
    here: Any = data
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(here, list) and isinstance(part, int) and part < len(here):
            pass
        elif isinstance(here, dict):
            part = str(part)
            if not last:
                here.setdefault(part, {})
        else:
            where = ".".join(map(str, path[:depth]))
            raise InputError(f"{name}: cannot set {'.'.join(map(str, path))}: {where} has no entry {part}")
        if last:
            here[part] = value
        else:
            here = here[part]


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line of every key, table and list element of a valid TOML text."""
    return _Lines(text).found


class _Lines:
    """Walks the tokens of valid TOML; it records places and leaves the values to tomllib."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, int]] = []
        line, position = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", position, match.start())
            position = match.start()
            if not match[0].startswith("#"):
                self.tokens.append((match[0], line))
        self.at = 0
        self.found: dict[KeyPath, int] = {}
        self._document()

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][0] if self.at <= len(self.tokens) else ""

    def _record(self, path: KeyPath) -> None:
        self.found.setdefault(path, self.tokens[min(self.at, len(self.tokens) - 1)][1])

    def _document(self) -> None:
        table: KeyPath = ()
        counts: dict[KeyPath, int] = {}
        while self._peek():
            token = self._peek()
            if token == "\n":
                self._next()
            elif token in ("[", "[["):
                self._next()
                start = self.at
                table = self._resolve(self._key(("]", "]]")), counts)
                if token == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self.at, after = start, self.at
                self._record(table)
                self.at = after
            else:
                self._pair(table)

    @staticmethod
    def _resolve(parts: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
        """Step into the newest element of every array of tables on the way."""
        path: KeyPath = ()
        for part in parts[:-1]:
            path = (*path, part)
            if path in counts:
                path = (*path, counts[path])
        return (*path, parts[-1]) if parts else ()

    def _key(self, ends: tuple[str, ...]) -> KeyPath:
        words = []
        while self._peek() and self._peek() not in ends:
            words.append(self._next())
        self._next()
        parts: list[str] = []
        for quoted, bare in re.findall(r"(\"[^\"]*\"|'[^']*')|([^.\s\"']+)", " ".join(words)):
            parts.append(quoted[1:-1] if quoted else bare)
        return tuple(parts)

    def _pair(self, table: KeyPath) -> None:
        start = self.at
        path = (*table, *self._key(("=",)))
        self.at, after = start, self.at
        self._record(path)
        self.at = after
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        token = self._next()
        if token == "[[":  # two opening brackets of nested arrays, one token
            self.at -= 1
            self.tokens[self.at : self.at + 1] = [("[", self.tokens[self.at][1])] * 2
            token = self._next()
        if token == "[":
            self._array(path)
        elif token == "{":
            self._inline_table(path)

    def _array(self, path: KeyPath) -> None:
        index = 0
        while self._peek():
            token = self._peek()
            if token == "]]":
                self.tokens[self.at : self.at + 1] = [("]", self.tokens[self.at][1])] * 2
            elif token == "]":
                self._next()
                return
            elif token in (",", "\n"):
                self._next()
                index += token == ","
            else:
                self._record((*path, index))
                self._value((*path, index))

    def _inline_table(self, path: KeyPath) -> None:
        while self._peek():
            if self._peek() == "}":
                self._next()
                return
            if self._peek() in (",", "\n"):
                self._next()
            else:
                self._pair(path)
