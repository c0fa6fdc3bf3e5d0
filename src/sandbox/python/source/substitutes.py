"""What a grader's machine has and this interpreter lacks, as far as programs need it: 64 bits, threads, an event loop, a system."""

import array
import asyncio
import atexit
import concurrent.futures
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import os
import queue
import signal
import sys
import threading
import time
import types


def install():
    widen()
    start_threads_late()
    asyncio.events._event_loop_policy = _Policy()
    provide_system()


def widen():
    """Numbers as on a machine of 64 bits: `sys.maxsize` stands for infinity in many programs. The limit of digits that Python sets
    against slow conversions is off, because a program has a limit of time anyway."""
    sys.maxsize = 2**63 - 1
    sys.set_int_max_str_digits(0)
    itertools.repeat = _Repeat
    array.array = _Array


class _Repeat:
    """itertools.repeat, which here counts to 2**31 only."""

    _short = itertools.repeat

    def __new__(cls, value, *times, **named):
        try:
            return cls._short(value, *times, **named)
        except OverflowError:
            return map(lambda _: value, range(*times, **named))


class _Array(array.array):
    """array.array, whose `l` and `L` have 64 bits."""

    def __new__(cls, typecode, *initial):
        return super().__new__(cls, {"l": "q", "L": "Q"}.get(typecode, typecode), *initial)


_Array.__name__ = _Array.__qualname__ = "array"
_Array.__module__ = "array"


# There is one thread of the machine's. One that a program starts waits until another has to wait: for its end, for a lock, an event, a
# queue, or in a sleep. Then it runs to its end, on top of the one that waits. Two that wait for each other in turns cannot be had so, and
# are told so.
_waiting = []


class _Thread:
    """What `threading` holds of a thread that was started."""

    ident = None

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap
        self.done = False

    def run(self):
        ident = threading.get_ident()
        caller = threading._active.get(ident)
        try:
            self.bootstrap()
        finally:
            threading._active[ident] = caller
            self.done = True

    def is_done(self):
        _run_waiting()
        return self.done

    def join(self, timeout=None):
        _run_waiting()
        if not self.done and timeout is None:
            raise _stuck()

    def _set_done(self):
        self.done = True


def _run_waiting():
    while _waiting:
        _waiting.pop(0).run()


def _stuck():
    return RuntimeError("Threads that wait for each other in turns cannot be run in this sandbox.")


def _start(bootstrap, *, handle, daemon=True):
    thread = bootstrap.__self__
    thread._os_thread_handle = _Thread(bootstrap)
    _waiting.append(thread._os_thread_handle)
    thread._started.set()


class _Lock:
    """threading.Lock: who would have to wait lets the threads run that were started."""

    def __init__(self):
        self._held = False

    def acquire(self, blocking=True, timeout=-1):
        if self._held and blocking:
            _run_waiting()
            if self._held and timeout < 0:
                raise _stuck()
            if self._held:
                time.sleep(timeout)
        if self._held:
            return False
        self._held = True
        return True

    def release(self):
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def locked(self):
        return self._held

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()

    def _at_fork_reinit(self):
        self._held = False


class _Executor(concurrent.futures.ThreadPoolExecutor):
    """Does each piece of work when it is submitted."""

    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=(), **named):
        super().__init__(max_workers, thread_name_prefix)
        self._begin = None if initializer is None else lambda: initializer(*initargs)

    def submit(self, fn, /, *args, **kwargs):
        if self._shutdown:
            raise RuntimeError("cannot schedule new futures after shutdown")
        if self._begin is not None:
            self._begin()
            self._begin = None
        future = concurrent.futures.Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._shutdown = True


_Executor.__name__ = _Executor.__qualname__ = "ThreadPoolExecutor"


def start_threads_late():
    sleep = time.sleep

    def sleep_late(seconds):
        _run_waiting()
        sleep(seconds)

    time.sleep = sleep_late
    threading._start_joinable_thread = _start
    threading.stack_size = lambda size=0: 0
    threading.Lock = threading._allocate_lock = _Lock
    threading.RLock = threading._PyRLock
    queue.SimpleQueue = queue._PySimpleQueue
    concurrent.futures.ThreadPoolExecutor = concurrent.futures.thread.ThreadPoolExecutor = _Executor
    atexit.register(_run_waiting)


class _Selector:
    """Nothing comes from outside, so a loop only ever waits for its own clock."""

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("The event loop waits for something that never comes.")
        if timeout > 0:
            time.sleep(timeout)
        return []

    def close(self):
        pass


class _Loop(asyncio.base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Selector()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, func, *args):
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    async def shutdown_default_executor(self, timeout=None):
        pass


class _Policy(asyncio.events._BaseDefaultEventLoopPolicy):
    _loop_factory = _Loop


def provide_system():
    # For a deeper stack programs ask the system.
    resource = types.ModuleType("resource")
    resource.RLIMIT_STACK = 3
    resource.RLIM_INFINITY = -1
    resource.getrlimit = lambda which: (-1, -1)
    resource.setrlimit = lambda which, limits: None
    sys.modules["resource"] = resource
    os._exit = _exit
    # A program's own watchdog; the sandbox has one.
    for name, value in {"SIGALRM": 14, "ITIMER_REAL": 0, "alarm": lambda seconds: 0, "setitimer": lambda *_: (0.0, 0.0)}.items():
        if not hasattr(signal, name):
            setattr(signal, name, value)
    sys.meta_path.insert(0, _Late())
    sys.meta_path.append(_Missing())


def _exit(status):
    """Ends the program at once; what it has not flushed is lost."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise SystemExit(status)


class _Late(importlib.abc.MetaPathFinder):
    """Modules that take seconds to load and that programs import for the main program's sake: they are loaded once they are used."""

    def find_spec(self, name, path=None, target=None):
        if name != "doctest":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


class _Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that cannot be had here and that programs import without using them: who does is told so."""

    names = ("multiprocessing", "multiprocessing.pool", "sqlite3", "_sysconfigdata__emscripten_wasm32-emscripten")

    def find_spec(self, name, path=None, target=None):
        if name not in self.names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name == "multiprocessing")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__.startswith("_sysconfigdata"):
            module.build_time_vars = {}
            return
        module.__getattr__ = lambda attribute: _unavailable(module.__name__, attribute)


def _unavailable(module, attribute):
    if attribute.startswith("__"):
        raise AttributeError(attribute)
    if module == "multiprocessing" and attribute == "cpu_count":
        return lambda: 1
    raise NotImplementedError(f"{module}.{attribute} cannot be had in this sandbox.")
