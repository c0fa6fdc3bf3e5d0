"""The trusted half of the Python sandbox: it runs tests, and never a candidate's code.

Record, run, replay. A test is Python statements that call functions of the program and assert something about what
they return. Here each such function is a probe. While nothing is known a probe writes down the call and returns an
`_Unknown`, which stops the assert it takes part in and lets the next one run: so one pass usually finds every call.
The runner has the calls made in the candidate's realm and comes back with reports; now the probes answer with these,
call by call, and the real asserts decide. When the test calls something else than was foreseen, because its arguments
depend on an answer, the calls are asked for again, further ones included.

Calls are matched by position, name and arguments, and the same call twice is made twice: functions may keep state.
Arguments are written down at the call. What comes back is data of exact builtin types (tagged.loads), so no object of
the program ever takes part in a comparison, and it learns nothing about what is expected.

Tests are trusted: they come with the problem, never from a model. Some cannot be had this way, and it is the test
alone that decides: it builds objects of the program's classes, calls a function for its effect on the arguments,
passes functions or instances, or executes text, which here would be the program's. They are `unrecordable`; the
runner executes them in the program's own interpreter and marks the verdict as unguarded.
"""

import ast
import builtins
import contextlib
import json
import random

import tagged
from recordable import TestSource, Unrecordable

MAX_CALLS = 5_000
"""Calls of one test, at most."""

SHORT = 200
"""Characters of a value or a source line in a message, at most."""

_OPERATORS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def judge(argument):
    """Runs tests as far as the known answers carry.

    `argument`: JSON of {preamble, entryPoint: name or null, tests: [{setup, assertion, calls: [{name, arguments,
    report}]}]}, where `calls` are those of the round before with their CandidateReports (executor.ts), none at first.

    Returns JSON of a list, one outcome per test:
      {"kind": "calls", "calls": [{name, arguments}]}  to be made, all of them, before the test is judged again
      {"kind": "held"}
      {"kind": "failed", "message"}                    an assert did not hold, or the test broke on what came back
      {"kind": "ended", "call": index}                 the report on that call decides
      {"kind": "unrecordable", "message"}              see above
      {"kind": "broken", "message"}                    the test, or the preamble, is wrong by itself
    """
    request = json.loads(argument)
    preamble, entry_point = request["preamble"], request["entryPoint"]
    return json.dumps([_judge_test(preamble, entry_point, test) for test in request["tests"]])


def _judge_test(preamble, entry_point, test):
    namespace = {"__name__": "__test__", "__builtins__": builtins}
    with _quiet():
        try:
            random.seed(0)
            exec(compile(preamble, "<preamble>", "exec"), namespace)
            source = TestSource(preamble, test["setup"], test["assertion"], entry_point, namespace)
        except Unrecordable as reason:
            return {"kind": "unrecordable", "message": str(reason)}
        except BaseException as error:
            return {"kind": "broken", "message": _describe(error)}
        replay = _Replay(test["calls"], source)
        random.seed(0)
        return replay.run(namespace)


class _Stop(BaseException):
    """The test needs an answer that is not known yet. Not an Exception: tests must not catch it."""


class _Ended(BaseException):
    """A call that ended in no value and no exception that a test might expect."""


class _Unknown:
    """What a probe returns before its answer is known. Whatever is done with it but passing it on stops the test."""


class _Object:
    """Stands for something without plain form that a program returned, such as a match: it is true, and not None.
    That is all a program gains by returning an object, and True would do as well: whatever else the test does with it
    ends the test.
    """

    def __init__(self, end):
        object.__setattr__(self, "end", end)

    def __bool__(self):
        return True


def _stop(*_):
    raise _Stop


def _end(self, *_):
    object.__getattribute__(self, "end")()


for _name in (
    "getattribute int float complex index len iter next reversed contains hash str repr bytes format round trunc floor "
    "ceil abs neg pos invert eq ne lt le gt ge add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv "
    "rfloordiv mod rmod divmod rdivmod pow rpow lshift rlshift rshift rrshift and rand or ror xor rxor getitem setitem "
    "delitem call enter exit"
).split():
    setattr(_Unknown, f"__{_name}__", _stop)
    setattr(_Object, f"__{_name}__", _end)
_Unknown.__bool__ = _stop


class _Replay:
    """One run of a test with the answers of the round before."""

    def __init__(self, answers, source):
        self.answers = answers
        self.source = source
        self.made = []
        self.guessing = False
        self.ended = None
        self.raised = None
        self.missed = None

    def run(self, namespace):
        namespace.update({name: self.probe(name) for name in self.source.probes})
        namespace.update(__missed__=self.miss, __Stop__=_Stop)
        error = None
        try:
            exec(self.source.code, namespace)
        except BaseException as thrown:
            error = thrown
        if isinstance(error, Unrecordable):
            return {"kind": "unrecordable", "message": str(error)}
        if self.guessing:
            return {"kind": "calls", "calls": self.made}
        if self.ended is not None:
            return {"kind": "ended", "call": self.ended}
        if error is None:
            return {"kind": "held"}
        if self.raised is not None and error is self.raised[1]:
            return {"kind": "ended", "call": self.raised[0]}
        if isinstance(error, AssertionError) and self.missed is not None:
            return {"kind": "failed", "message": _message(self.source, *self.missed)}
        return {"kind": "failed" if self.made else "broken", "message": f"The test raised {_describe(error)}"}

    def probe(self, name):
        def probe(*args, **kwargs):
            return self.ask(name, args, kwargs)

        probe.__name__ = name
        return probe

    def ask(self, name, args, kwargs):
        call = {"name": name, "arguments": self.write(args, kwargs)}
        index = len(self.made)
        if index >= MAX_CALLS:
            raise _Stop if self.guessing else Unrecordable(f"The test calls {name} more than {MAX_CALLS} times.")
        self.made.append(call)
        known = None if self.guessing or index >= len(self.answers) else self.answers[index]
        if known is None or known["name"] != name or known["arguments"] != call["arguments"]:
            self.guessing = True
            return _Unknown()
        return self.answer(index, known["report"])

    def write(self, args, kwargs):
        try:
            return tagged.dumps([list(args), kwargs])
        except (TypeError, ValueError) as error:
            if self.guessing:
                raise _Stop from None
            raise Unrecordable(f"An argument of a call cannot be written down: {error}.") from None

    def answer(self, index, report):
        def end():
            self.ended = index
            raise _Ended

        if report["kind"] == "unwritable":
            return _Object(end)
        if report["kind"] == "value":
            try:
                return tagged.loads(report["value"])
            except ValueError:
                end()
        if report["kind"] == "error":
            error = _exception(report["type"], report["message"])
            if error is not None:
                self.raised = index, error
                raise error
        end()

    def miss(self, index, *values):
        """Called when an assert does not hold. While guessing that says nothing, and the test goes on."""
        self.missed = index, values
        return self.guessing


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


def _exception(name, message):
    """An exception for the test to catch, as it would catch the program's own; None when it must not."""
    kind = getattr(builtins, name, Exception)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        return None
    try:
        return kind(message)
    except TypeError:
        return Exception(message)


def _describe(error):
    """`ValueError: message`, on one line."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return _shorten(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _short(value):
    if type(value) is _Object:
        return "an object"
    try:
        return _shorten(repr(value))
    except Exception:
        return f"a large {type(value).__name__}"


def _shorten(text):
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


@contextlib.contextmanager
def _quiet():
    class Nowhere:
        def write(self, text):
            return len(text)

        def flush(self):
            pass

    with contextlib.redirect_stdout(Nowhere()), contextlib.redirect_stderr(Nowhere()):
        yield
