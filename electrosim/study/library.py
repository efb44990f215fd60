"""The scenarios that come with the package."""

from __future__ import annotations

from pathlib import Path

import electrosim
from electrosim.base.errors import InputError, nearest


def shipped(folder: str) -> Path:
    """Return a folder that is part of the wheel under an underscore, and at the top of a checkout."""
    package = Path(electrosim.__file__).parent
    installed = package / f"_{folder}"
    return installed if installed.is_dir() else package.parent / folder


def scenario_files() -> list[Path]:
    """Return the scenarios that come with the package, by name."""
    return sorted(shipped("scenarios").glob("*.toml"))


def find(name: str | Path) -> Path:
    """Return the scenario file of that path; a bare name such as ``quickstart`` means one that comes with us."""
    path = Path(name)
    try:
        if path.suffix or len(path.parts) != 1 or path.exists():
            return path
    except OSError:  # such as a name that is too long; whoever reads the file says so
        return path
    known = {file.stem: file for file in scenario_files()}
    if path.name not in known:
        raise InputError(
            f"{name}: there is neither such a file nor a scenario of that name; {nearest(path.name, known)}"
        )
    return known[path.name]
