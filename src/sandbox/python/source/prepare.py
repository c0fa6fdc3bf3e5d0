"""Makes an interpreter that has just started fit for candidates; runs once, before its memory is kept as it is."""

import gc
import importlib
import sys

# The way to JavaScript. The realm's script takes the C modules behind these names out of the table of built-in modules.
for name in [name for name in sys.modules if name.partition(".")[0] in ("_pyodide", "pyodide", "_pyodide_core")]:
    del sys.modules[name]
sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__module__", "").startswith("_frozen_importlib")]
sys.excepthook = sys.__excepthook__
sys.argv = ["program.py"]

# lru_cache in C recurses on the machine's stack and overflows it at a depth of about 400; the one in Python does not.
import functools

import _functools

del _functools._lru_cache_wrapper
importlib.reload(functools)

# What programs use: imported once, here.
for name in (
    "abc array ast atexit base64 binascii bisect builtins calendar cmath collections collections.abc contextlib copy csv dataclasses "
    "datetime decimal enum fractions functools hashlib heapq inspect io itertools json keyword locale math numbers operator os pprint "
    "queue random re secrets statistics string struct textwrap threading time timeit traceback types typing unicodedata uuid warnings "
    "weakref zlib"
).split():
    importlib.import_module(name)

import substitutes

substitutes.install()

import random

random.seed(0)

import candidate

gc.collect()
