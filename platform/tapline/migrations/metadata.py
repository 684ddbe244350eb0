"""Importing this module registers every table of the product."""

import importlib
import pkgutil

import tapline

for _module in pkgutil.walk_packages(tapline.__path__, "tapline."):
    if _module.name.rpartition(".")[2] == "model":
        importlib.import_module(_module.name)
