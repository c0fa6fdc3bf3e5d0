"""Runs candidates: the half of a realm that stands between its script and a program.

`handle` takes a request and gives a report, both JSON texts (executor.ts, CandidateReport). It shares an interpreter with the program,
which may replace all of it: nothing here is trusted, and nothing here knows what answer is right.
"""

import asyncio
import atexit
import builtins
import importlib
import inspect
import json
import random
import sys
import traceback
import types

import live
import tagged

PROGRAM = "program.py"
PREAMBLE = "preamble.py"
MAX_MESSAGE = 2000

_program = None
_peer = None


class Instance:
    """Of a class that is written in Python; the realm's script looks at its type."""



def handle(text):
    if text.startswith(("[", "\n")):
        try:
            return answer(text)
        finally:
            _flush()
    request = json.loads(text)
    try:
        report = _ACTIONS[request["do"]](request)
    except BaseException as thrown:
        report = describe(thrown)
    finally:
        _flush()
    return json.dumps(report)


def load(request):
    """Executes the program under a name of its own, so that a `__main__` guard keeps its demonstration from running."""
    global _program
    failure = _execute(request, "program")
    if failure is not None:
        return failure
    _program = sys.modules["program"].__dict__
    entry = request["entryPoint"]
    if entry is not None and not callable(_program.get(entry)):
        what = "is not a function" if entry in _program else "is not defined"
        return {"kind": "missing-entry-point", "message": f"{entry} {what}."}
    return {"kind": "loaded"}


def call(request):
    args, kwargs = tagged.loads(request["arguments"])
    name = request["name"]
    if name not in _program:
        return {"kind": "missing-entry-point", "message": f"{name} is not defined."}
    value = _program[name](*args, **kwargs)
    if type(value) is types.CoroutineType:
        value = asyncio.run(value)
    try:
        return {"kind": "value", "value": tagged.dumps(value)}
    except (TypeError, ValueError) as thrown:
        report = describe(thrown)
        if "line" in report:
            # An iterator is drawn out where it is written: it was the program that raised.
            return report
        too_much = report["message"].endswith(("too large", "too many parts"))
        return {"kind": "output-limit" if too_much else "unwritable", "message": report["message"]}


def answer(text):
    """The answer to a message of a test (live.py). Before the first of a test stand the names that it knows of the program."""
    global _peer
    names, line, message = text.partition("\n")
    if line:
        _peer = _Program(json.loads(names))
    else:
        message = text
    return _peer.answer(message)


class _Program(live.Peer):
    """The program's side of the conversation with a test."""

    def __init__(self, names):
        super().__init__(live.exchange, 1)
        self.random = False
        for i, name in enumerate(names):
            self.know(-1 - i, _program[name])

    def send(self, text):
        _flush()
        return super().send(text)

    def perform(self, operation, args, kwargs):
        if operation == "names":
            return tuple((name, _program[name]) for name in args[0] if name in _program)
        if operation == "execute":
            name, source, *spaces = args
            return getattr(builtins, name)(source, *(spaces or ([_program] if name != "compile" else [])), **kwargs)
        if operation == "getattr" and args[1] == "__signature__":
            return inspect.signature(args[0])
        return super().perform(operation, args, kwargs)

    def by_name(self, module, name):
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def report(self, thrown):
        told = describe(thrown)
        return told["kind"], told.get("type", ""), told["message"], told.get("line")

    def arrange(self, surroundings):
        found = dict(surroundings)
        builtins.input = found.get("input", _INPUT)
        sys.stdin = found.get("stdin", _STDIN)
        self.random = "random" in found
        if self.random:
            random.setstate(found["random"])

    def surroundings(self):
        return (("random", random.getstate()),) if self.random else ()


_INPUT, _STDIN = builtins.input, sys.stdin


def run(request):
    """Executes a whole program; its output goes to the file descriptors, where the realm's script collects it."""
    try:
        failure = _execute(request, "__main__")
    except SystemExit as thrown:
        failure = None if thrown.code in (None, 0) else describe(thrown)
    # Fast output is often written at the exit.
    atexit._run_exitfuncs()
    return {"kind": "finished"} if failure is None else failure


def canary(_):
    """Does a little of everything; the realm's script knows the answer."""
    space = {}
    exec(compile("def f(*xs):\n    return (len([x for x in xs]), '%.2f' % sum(xs))", PROGRAM, "exec"), space)
    return {"kind": "canary", "value": tagged.dumps(space["f"](1, 2, 0.5))}


def _execute(request, name):
    module = types.ModuleType(name)
    module.__builtins__ = builtins
    module.__file__ = PROGRAM
    sys.modules[name] = module
    codes = []
    for source, filename in ((request["preamble"], PREAMBLE), (request["code"], PROGRAM)):
        try:
            codes.append(compile(source, filename, "exec", dont_inherit=True))
        except SyntaxError as thrown:
            return _syntax(thrown)
        except ValueError as thrown:
            return {"kind": "syntax-error", "message": _message(thrown)}
    for code in codes:
        try:
            exec(code, module.__dict__)
        except SystemExit:
            raise
        except BaseException as thrown:
            return describe(thrown)
    return None


def _syntax(thrown):
    report = {"kind": "syntax-error", "message": _cut(thrown.msg or "invalid syntax")}
    if thrown.filename == PROGRAM and isinstance(thrown.lineno, int):
        report["line"] = max(1, thrown.lineno)
    return report


def describe(thrown):
    """The report of an exception: its type, its message, and the last line of the program that its traceback passes."""
    if isinstance(thrown, MemoryError):
        return {"kind": "memory", "message": "It ran out of memory."}
    report = {"kind": "error", "type": _cut(type(thrown).__name__), "message": _message(thrown)}
    lines = [line for frame, line in traceback.walk_tb(thrown.__traceback__) if frame.f_code.co_filename == PROGRAM]
    if lines and isinstance(lines[-1], int):
        report["line"] = lines[-1]
    return report


def _message(thrown):
    try:
        return _cut(str(thrown))
    except BaseException:
        return ""


def _cut(text):
    text = str(text)
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"


def _flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except BaseException:
            pass


_ACTIONS = {"load": load, "call": call, "program": run, "canary": canary}
