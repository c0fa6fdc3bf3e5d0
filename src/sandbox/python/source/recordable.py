"""A test of the checker, made ready to be recorded and replayed: which names it wants of the program, and what each
assert compared."""

import ast
import builtins
import importlib
import symtable

# Tests lean on imports that the reference solution happens to make.
_MODULES = frozenset(
    "bisect cmath collections copy datetime decimal fractions functools heapq itertools json math operator random re "
    "string sys".split()
)


class Unrecordable(BaseException):
    """The test has to run in the program's interpreter; the message says why."""


class TestSource:
    """A test's code, made ready to be recorded and replayed; `probes` are the names that the program has to define."""

    def __init__(self, preamble, setup, assertion, entry_point, namespace):
        self.text = setup + "\n" + assertion
        before, after = ast.parse(setup), ast.parse(assertion)
        missing = _missing_names(self.text, namespace)
        _refuse_execution([ast.parse(preamble), before, after])
        self.probes = set()
        for name in missing:
            if name in _MODULES and name != entry_point:
                namespace[name] = importlib.import_module(name)
            else:
                self.probes.add(name)
        if entry_point is not None:
            self.probes.add(entry_point)
        _refuse_unrecordable(before, after, self.probes, entry_point)
        rewriter = _AssertRewriter(self.probes)
        tree = rewriter.visit(ast.parse(self.text))
        self.asserts = rewriter.asserts
        self.code = compile(ast.fix_missing_locations(tree), "<test>", "exec")


def _missing_names(text, namespace):
    """Global names that the test reads and neither it, the preamble nor Python defines."""
    top = symtable.symtable(text, "<test>", "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    read, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                read.add(symbol.get_name())
    return {name for name in read if name not in bound and name not in namespace and not hasattr(builtins, name)}


def _refuse_execution(trees):
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in ("eval", "exec", "compile", "__import__"):
                raise Unrecordable(f"The test uses {node.id}.")


def _refuse_unrecordable(setup, assertion, probes, entry_point):
    called = set()
    for node in [*ast.walk(setup), *ast.walk(assertion)]:
        call = node.value if isinstance(node, (ast.Expr, ast.Attribute)) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in probes:
            name = call.func.id
            if isinstance(node, ast.Expr):
                raise Unrecordable(f"The test calls {name} for its effect.")
            if name[:1].isupper():
                raise Unrecordable(f"The test uses an object of {name}.")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func)
    for node in ast.walk(setup):
        if isinstance(node, ast.Name) and node.id in probes and node.id != entry_point:
            raise Unrecordable(f"The test is set up with {node.id} of the program.")
    for node in ast.walk(assertion):
        if isinstance(node, ast.Name) and node.id in probes and node.id != entry_point:
            if node not in called or node.id[:1].isupper():
                raise Unrecordable(f"The test uses {node.id} of the program.")


class _AssertRewriter(ast.NodeTransformer):
    """Lets every assert tell what it compared, and lets the test go on after one that met an `_Unknown`.

    assert a == b, m   ->   try: assert (l := a) == (r := b) or __missed__(0, l, r), m
                            except __Stop__: pass
    """

    def __init__(self, probes):
        self.probes = probes | {"candidate"}
        self.asserts = []

    def visit_Assert(self, node):
        index, test, values = len(self.asserts), node.test, []
        sides = "got first"
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            if self.calls(test.comparators[0]) and not self.calls(test.left):
                sides = "expected first"
            left, right = f"__left_{index}__", f"__right_{index}__"
            test = ast.Compare(_let(left, test.left), test.ops, [_let(right, test.comparators[0])])
            values = [ast.Name(left, ast.Load()), ast.Name(right, ast.Load())]
        self.asserts.append((node, sides))
        missed = ast.Call(ast.Name("__missed__", ast.Load()), [ast.Constant(index), *values], [])
        held = ast.Assert(ast.BoolOp(ast.Or(), [test, missed]), node.msg)
        handler = ast.ExceptHandler(ast.Name("__Stop__", ast.Load()), None, [ast.Pass()])
        return ast.copy_location(ast.Try([held], [handler], [], []), node)

    def calls(self, tree):
        return any(isinstance(node, ast.Name) and node.id in self.probes for node in ast.walk(tree))


def _let(name, value):
    return ast.NamedExpr(ast.Name(name, ast.Store()), value)
