"""A test of the checker, made ready to run: which names it wants of the program, and what each assert compared."""

import ast
import builtins
import importlib
import symtable

# Tests lean on imports that the reference solution happens to make.
_MODULES = frozenset(
    "bisect cmath collections copy datetime decimal fractions functools heapq itertools json math operator random re "
    "string sys".split()
)
_EXECUTING = frozenset(("eval", "exec", "compile"))


class TestSource:
    """A test's code, made ready to run.

    `entry` and `names`: what the program has to define; the entry point apart, because that it is there is known.
    `modules`: what the test uses without importing it. `executed`: what it executes texts with, which may be the program's.
    `has_objects`: whether it speaks of the program's classes, so that their own `==` is what it asks for.
    `draws`: whether it has to do with chance.
    """

    def __init__(self, preamble, setup, assertion, entry_point, namespace):
        self.text = setup + "\n" + assertion
        tree = ast.parse(self.text)
        self.modules, self.names = {}, []
        for name in sorted(_missing_names(self.text, namespace)):
            if name in _MODULES and name != entry_point:
                self.modules[name] = importlib.import_module(name)
            elif name != entry_point:
                self.names.append(name)
        self.entry = entry_point
        written = {node.id for one in (ast.parse(preamble), tree) for node in ast.walk(one) if isinstance(node, ast.Name)}
        self.executed = _EXECUTING & written
        self.has_objects = any(name[:1].isupper() for name in (*self.names, entry_point or ""))
        self.draws = "random" in self.text
        rewriter = _AssertRewriter({*self.names, entry_point, "candidate"})
        changed = rewriter.visit(tree)
        self.asserts = rewriter.asserts
        self.code = compile(ast.fix_missing_locations(changed), "<test>", "exec")


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


class _AssertRewriter(ast.NodeTransformer):
    """Lets every assert tell what it compared.

    assert a == b, m       ->   assert (l := a) == (r := b) or __missed__(0, l, r), m
    assert f(a) == g(a)    ->   assert __watch__() and (l := f(a)) == (r := g(a)) and __watched__() or ...

    The second because f may have changed the `a` that g is asked about.
    """

    def __init__(self, probes):
        self.probes = probes
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
            if _names(node.test.left) & _names(node.test.comparators[0]) - self.probes:
                test = ast.BoolOp(ast.And(), [_call("__watch__"), test, _call("__watched__")])
        self.asserts.append((node, sides))
        missed = _call("__missed__", ast.Constant(index), *values)
        return ast.copy_location(ast.Assert(ast.BoolOp(ast.Or(), [test, missed]), node.msg), node)

    def calls(self, tree):
        return any(isinstance(node, ast.Name) and node.id in self.probes for node in ast.walk(tree))


def _names(tree):
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _call(name, *args):
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _let(name, value):
    return ast.NamedExpr(ast.Name(name, ast.Store()), value)
