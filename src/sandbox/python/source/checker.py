"""The trusted half of the Python sandbox: it runs tests, and never a candidate's code.

A test is Python statements that call functions of the program and assert something about what comes of it. It runs here, live:
the program's names stand for objects in the candidate's realm, which does what is asked of them, call by call (live.py).
Plain data is copied, so that the asserts compare data with data, and the program learns nothing of what is expected.

Nothing that decides a comparison is the program's code. Where an object of the program has its own `==`, `in` or order, it
decides among the program's own objects, and in tests that speak of the program's classes; its truth and its hash it decides
anywhere; and then the verdict is `unguarded`. Compared with a test's data otherwise, such an object is what no test can read.

Tests are trusted: they come with the problem, never from a model. What the program gets hold of here (a test's function, an
instance of a test's class) it may use as what it is, and not look into.
"""

import ast
import builtins
import contextlib
import errno
import io
import json
import random
import sys
import types

import live
import references
import tagged
from test_source import TestSource

MAX_CALLS = 10_000
"""Calls of one test, at most."""

SHORT = 200
"""Characters of a value or a source line in a message, at most."""

_KEPT_SOURCES = 256

for _name, _number in live.LINUX.items():
    setattr(errno, _name, _number)

_OPERATORS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def judge(argument):
    """Runs a test to its end.

    `argument`: JSON of {preamble, entryPoint: name or null, setup, assertion}. Where the browser cannot make Python wait, also
    of `answers`, the texts that came back so far: then the test is run again for every question, up to the next one.

    Returns JSON of
      {"kind": "held"}
      {"kind": "failed", "message"}    an assert did not hold, or the test broke on what came back
      {"kind": "ended", "report"}      a CandidateReport (executor.ts) decides
      {"kind": "broken", "message"}    the test, or the preamble, is wrong by itself
      {"kind": "ask", "text"}          a question whose answer is not among `answers`
    with "unguarded": true where the program's own code took part in a comparison, and with "got", tagged text, what the
    program returned to a test of one call.
    """
    request = json.loads(argument)
    with _apart():
        try:
            namespace = {"__name__": "__test__", "__builtins__": builtins}
            random.seed(0)
            exec(compile(request["preamble"], "<preamble>", "exec"), namespace)
            source = _source(request, namespace)
        except BaseException as error:
            return json.dumps({"kind": "broken", "message": _describe(error)})
        answers = request.get("answers")
        test = _Test(source, namespace, live.exchange if answers is None else _Rounds(answers))
        running.append(test)
        try:
            return json.dumps(test.run())
        finally:
            running.pop()


running = []
"""The test that runs, if one does."""

_sources = {}


def _source(request, namespace):
    key = request["preamble"], request["setup"], request["assertion"], request["entryPoint"]
    if key not in _sources:
        while len(_sources) >= _KEPT_SOURCES:
            del _sources[next(iter(_sources))]
        _sources[key] = TestSource(*key, namespace)
    return _sources[key]


class _Ended(BaseException):
    """The program ended in a way that decides the test. Not an Exception: tests must not catch it."""


class _Unanswered(BaseException):
    """A question, in a round without its answer."""


class _Rounds:
    """Answers what was answered in the rounds before."""

    def __init__(self, answers):
        self.answers = iter(answers)

    def __call__(self, text):
        for answer in self.answers:
            return answer
        raise _Unanswered(text)


_HIDDEN_TYPES = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.CellType)
_OPAQUE_TYPES = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, *_HIDDEN_TYPES)
_HIDDEN_NAMES = frozenset(
    "format format_map mro gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await f_back "
    "f_globals f_locals f_builtins f_code tb_frame tb_next co_code co_consts".split()
)
_FORBIDDEN = frozenset(("await", "dir", "instancecheck", "subclasscheck", "subclass"))
_INPUT = builtins.input


class _Test(live.Peer):
    """One run of a test, and its side of the conversation with the program."""

    def __init__(self, source, namespace, exchange):
        super().__init__(exchange, 0)
        self.source = source
        self.namespace = namespace
        self.own = {id(namespace), id(sys.modules), id(builtins.__dict__)}
        self.stdin = sys.stdin
        self.begun = False
        self.calls = 0
        self.calling = False
        self.got = None
        self.ended = None
        self.raised = None
        self.missed = None
        self.unguarded = False
        self.silent = False
        self.seen = 0

    def run(self):
        error = None
        random.seed(0)
        try:
            self.furnish()
            exec(self.source.code, self.namespace)
        except BaseException as thrown:
            error = thrown
        self.silent = True
        outcome = self.outcome(error)
        if self.unguarded:
            outcome["unguarded"] = True
        if self.calls == 1 and self.got is not None:
            outcome["got"] = self.got
        return outcome

    def furnish(self):
        source, namespace = self.source, self.namespace
        namespace.update(source.modules, __missed__=self.miss, __watch__=self.watch, __watched__=self.watched)
        if source.entry is not None:
            entry = references.make(self, -1, source.entry, references.FUNCTION)
            self.know(-1, entry)
            namespace[source.entry] = entry
        if source.names:
            namespace.update(dict(self.ask("names", (tuple(source.names),))))
        for name in source.executed:
            namespace[name] = self.executor(name)

    def executor(self, name):
        """Texts may be the program's: they are executed where it is."""

        def execute(*args, **kwargs):
            self.unguarded = True
            return self.ask("execute", (name, *args), kwargs)

        return execute

    def outcome(self, error):
        if self.ended is not None:
            return self.ended if self.ended["kind"] == "ask" else {"kind": "ended", "report": self.ended}
        if error is None:
            return {"kind": "held"}
        if self.raised is not None and error is self.raised[0]:
            return {"kind": "ended", "report": self.raised[1]}
        if isinstance(error, NameError) and error.name in self.source.names:
            return {"kind": "ended", "report": {"kind": "missing-entry-point", "message": f"{error.name} is not defined."}}
        if isinstance(error, AssertionError) and self.missed is not None:
            return {"kind": "failed", "message": _message(self.source, *self.missed)}
        return {"kind": "failed" if self.calls else "broken", "message": f"The test raised {_describe(error)}"}

    def miss(self, index, *values):
        """Called when an assert does not hold."""
        self.missed = index, values
        return False

    def watch(self):
        self.seen = self.effects
        return True

    def watched(self):
        """What is expected was made of what the call may have changed: then it is the program that has a say in it."""
        if self.effects != self.seen:
            self.unguarded = True
        return True

    # The conversation.

    def ask(self, operation, args, kwargs=None):
        if self.ended is not None:
            raise _Ended
        if operation == "call":
            self.calls += 1
            self.calling = True
            if self.calls > MAX_CALLS:
                raise self.end({"kind": "timeout", "message": f"The test calls it more than {MAX_CALLS} times."})
        try:
            value = super().ask(operation, args, kwargs)
        except _Unanswered as question:
            raise self.end({"kind": "ask", "text": question.args[0]}) from None
        except live.Unreadable:
            raise self.end({"kind": "crashed", "message": "The program tampered with its realm."}) from None
        if self.calls == 1 and operation == "call":
            self.note(value)
        return value

    def send(self, text):
        if not self.begun:
            self.begun = True
            text = json.dumps([self.source.entry] if self.source.entry is not None else []) + "\n" + text
        called, self.calling = self.calling, False
        return self.exchange(("!" if called else " ") + text)

    def note(self, value):
        try:
            self.got = tagged.dumps(value)
        except (TypeError, ValueError):
            self.got = None

    def end(self, report):
        self.ended = report
        return _Ended()

    def failure(self, payload):
        error, report = payload
        if type(report) is not tuple or len(report) != 4:
            raise live.Unreadable("no report")
        kind, name, message, line = report
        told = {"kind": "error", "type": str(name)[:2000], "message": str(message)[:2000]}
        if type(line) is int and line > 0:
            told["line"] = line
        if kind == "memory":
            return self.end({"kind": "memory", "message": told["message"]})
        if kind in ("unwritable", "output-limit"):
            return self.end({"kind": kind, "message": told["message"]})
        self.raised = error, told
        return error

    def decide(self, operation, args):
        if operation in references.DECISIONS:
            if self.reading:
                return args[0] is args[1]
            if not (self.source.has_objects or self.is_foreign(args[1])):
                message = f"a value of type {type(args[0]).__name__} has no plain form"
                raise self.end({"kind": "unwritable", "message": message})
        self.unguarded = True
        return self.ask(operation, args)

    def is_foreign(self, value):
        number = self.numbers.get(id(value))
        return number is not None and (number < 0 or number % 2 != self.parity)

    def marks(self):
        self.unguarded = True

    def describe(self, value, how):
        return "an object" if self.silent else self.ask(how, (value,))

    def surroundings(self):
        found = []
        if builtins.input is not _INPUT:
            found.append(("input", builtins.input))
        if sys.stdin is not self.stdin:
            found.append(("stdin", sys.stdin))
        if self.source.draws:
            found.append(("random", random.getstate()))
        return tuple(found)

    def arrange(self, surroundings):
        state = dict(surroundings).get("random")
        if state is not None and self.source.draws:
            random.setstate(state)

    def printed(self, text):
        sys.stdout.write(text)

    # What the program may do with what it gets hold of here.

    def may_leave(self, value):
        return not isinstance(value, _HIDDEN_TYPES) and id(value) not in self.own

    def may_leave_by_name(self, value, module):
        return True

    def by_name(self, module, name):
        raise ValueError("a name that is not the program's to give")

    def perform(self, operation, args, kwargs):
        target = args[0]
        if operation in _FORBIDDEN or not self.is_mine(target):
            raise TypeError(f"{operation} is not for the program to do")
        if operation in ("getattr", "setattr", "delattr"):
            name = args[1]
            if type(name) is not str or name.startswith("_") or name in _HIDDEN_NAMES or isinstance(target, _OPAQUE_TYPES):
                raise AttributeError(f"'{type(target).__name__}' object has no attribute '{name}'")
            if operation != "getattr" and type(target).__module__ != "__test__":
                raise AttributeError(f"attribute '{name}' is read-only")
        return super().perform(operation, args, kwargs)

    def is_mine(self, value):
        """Whether the program was given a reference to this, and no copy."""
        number = self.numbers.get(id(value))
        return number is not None and number > 0 and number % 2 == self.parity and number not in self.states


def _message(source, index, values):
    """What an assert said, and what it found."""
    node, sides = source.asserts[index]
    said = _shorten(ast.get_source_segment(source.text, node) or ast.unparse(node))
    if not values:
        return f"{said} does not hold."
    left, right = (_short(value) for value in values)
    operator = _OPERATORS[type(node.test.ops[0])]
    if operator != "==":
        return f"{said} does not hold: {left} {operator} {right}."
    got, expected = (left, right) if sides == "got first" else (right, left)
    return f"{said} does not hold: got {got}, expected {expected}."


def _describe(error):
    """`ValueError: message`, on one line."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return _shorten(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _short(value):
    try:
        return _shorten(repr(value))
    except Exception:
        return f"a large {type(value).__name__}"


def _shorten(text):
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


class _Nowhere(io.TextIOBase):
    def write(self, text):
        return len(text)


@contextlib.contextmanager
def _apart():
    """What a test prints, or sets and does not set back, is nobody else's concern."""
    nowhere = _Nowhere()
    kept = builtins.input, sys.stdin, sys.stdout, sys.stderr, sys.argv
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(""), nowhere, nowhere
    try:
        yield
    finally:
        builtins.input, sys.stdin, sys.stdout, sys.stderr, sys.argv = kept
