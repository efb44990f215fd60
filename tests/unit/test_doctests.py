"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import electrosim

MODULES = [
    module.name
    for module in pkgutil.walk_packages(electrosim.__path__, "electrosim.")
    if not module.name.endswith("__main__")
    and not module.name.startswith(("electrosim._scenarios", "electrosim._validation"))
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0
