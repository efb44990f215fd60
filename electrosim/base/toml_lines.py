"""The line of every key of a TOML text; the values are left to tomllib."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

KeyPath = tuple[str | int, ...]

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''  # strings
    r"|\#[^\n]*|\n|[\[\]{},=]|[^\s\[\]{},=#\"']+",
    re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A string, a word, a bracket, a comma, an equals sign or the end of a line."""

    text: str
    line: int


def tokens(text: str) -> list[Token]:
    """Cut a text, which need not be valid TOML, into what matters for its structure."""
    found = []
    line, position = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        if not match[0].startswith("#"):
            found.append(Token(match[0], line))
    return found


def key_lines(found: list[Token]) -> dict[KeyPath, int]:
    """Return the line of every key, table and list element of a valid TOML text."""
    return _Lines(found).found


def key_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a valid TOML key; `ValueError` if it is none."""
    if BARE_KEY.fullmatch(text):
        return tuple(text.split("."))
    parts = []
    here: Any = tomllib.loads(f"{text} = 0")
    while isinstance(here, dict):
        if len(here) != 1:
            raise ValueError("not one key")
        ((part, here),) = here.items()
        parts.append(part)
    return tuple(parts)


class _Lines:
    """Walks the tokens of valid TOML; it records places and leaves the values to tomllib."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.found: dict[KeyPath, int] = {}
        self._document()

    def _peek(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1].text if self.at <= len(self.tokens) else ""

    def _line(self) -> int:
        return self.tokens[self.at].line

    def _record(self, path: KeyPath, line: int) -> None:
        """Note the line of a key, and of the tables around it that are named here first."""
        while path and path not in self.found:
            self.found[path] = line
            path = path[:-1]

    def _document(self) -> None:
        table: KeyPath = ()
        counts: dict[KeyPath, int] = {}
        while self._peek():
            if self._peek() == "\n":
                self._next()
            elif self._peek() == "[":
                table = self._header(counts)
            else:
                self._pair(table)

    def _header(self, counts: dict[KeyPath, int]) -> KeyPath:
        """Read ``[table]`` or ``[[array of tables]]`` and return the path of the table."""
        line = self._line()
        self._next()
        of_array = self._peek() == "["
        if of_array:
            self._next()
        table = self._resolve(self._key("]"), counts)
        if of_array:
            self._next()
            counts[table] = counts.get(table, -1) + 1
            table = (*table, counts[table])
        self._record(table, line)
        return table

    @staticmethod
    def _resolve(parts: tuple[str, ...], counts: dict[KeyPath, int]) -> KeyPath:
        """Step into the newest element of every array of tables on the way."""
        path: KeyPath = ()
        for part in parts[:-1]:
            path = (*path, part)
            if path in counts:
                path = (*path, counts[path])
        return (*path, *parts[-1:])

    def _key(self, end: str) -> tuple[str, ...]:
        words = []
        while self._peek() and self._peek() != end:
            words.append(self._next())
        self._next()
        return key_parts("".join(words))

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = (*table, *self._key("="))
        self._record(path, line)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        token = self._next()
        if token == "[":
            self._array(path)
        elif token == "{":
            self._inline_table(path)
        else:  # a date and a time are two words
            while self._peek() not in ("", "\n", ",", "]", "}"):
                self._next()

    def _array(self, path: KeyPath) -> None:
        index = 0
        while self._peek():
            if self._peek() == "]":
                self._next()
                return
            if self._peek() in (",", "\n"):
                index += self._next() == ","
            else:
                self._record((*path, index), self._line())
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
