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

import threading
import types


# There are no threads here. Programs start one for its deeper stack and wait for it: so it runs at once, to its end.
class EndedThread:
    ident = None

    def is_done(self):
        return True

    def join(self, timeout=None):
        pass


def start_thread(bootstrap, *, handle, daemon=True):
    ident = threading.get_ident()
    caller = threading._active.get(ident)
    bootstrap()
    threading._active[ident] = caller
    bootstrap.__self__._os_thread_handle = EndedThread()


threading._start_joinable_thread = start_thread
threading.stack_size = lambda size=0: 0

# For the same deeper stack they ask the system, which is not there either.
resource = types.ModuleType("resource")
resource.RLIMIT_STACK = 3
resource.RLIM_INFINITY = -1
resource.getrlimit = lambda which: (-1, -1)
resource.setrlimit = lambda which, limits: None
sys.modules["resource"] = resource

import random

random.seed(0)

import candidate

gc.collect()
