"""Makes an interpreter that has just started fit for candidates; runs once, before its memory is kept as it is."""

import gc
import importlib
import sys

# The way to JavaScript. The C modules behind these names are taken out of the table of built-in modules by the realm's script.
for name in [name for name in sys.modules if name.partition(".")[0] in ("_pyodide", "pyodide", "_pyodide_core")]:
    del sys.modules[name]
sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__module__", "").startswith("_frozen_importlib")]
sys.excepthook = sys.__excepthook__

# lru_cache in C recurses on the machine's stack and overflows it at a depth of about 400; the one in Python does not.
import functools

import _functools

del _functools._lru_cache_wrapper
importlib.reload(functools)

# What programs use: imported once, here.
for name in (
    "abc array ast bisect builtins calendar cmath collections collections.abc contextlib copy dataclasses datetime decimal enum "
    "fractions functools heapq inspect io itertools json keyword math numbers operator os queue random re statistics string struct "
    "textwrap threading time traceback types typing unicodedata uuid warnings weakref hashlib base64 bisect pprint timeit locale"
).split():
    importlib.import_module(name)

import random

random.seed(0)

import candidate

gc.collect()
