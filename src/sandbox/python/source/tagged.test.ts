import type { PyodideInterface } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { startPython } from "../host/unguarded-executor-fixture";

let python: PyodideInterface;
beforeAll(async () => {
  python = await startPython();
  python.runPython(`
import collections, datetime, decimal, fractions, functools, itertools, math, re, sys, time
import tagged
from tagged import dumps, loads

def attempt(function, *args):
    try:
        return repr(function(*args))[:200]
    except Exception as error:
        return ("ValueError" if isinstance(error, ValueError) else type(error).__name__) + ": " + str(error)[:200]
`);
});

/** The repr of an expression's value, or its error. */
const evaluate = (expression: string): string =>
  String(python.runPython(`attempt(lambda: ${expression})`)).replace(/^'(.*)'$/s, "$1");

describe("what it writes, it reads again", () => {
  it.each([
    "None",
    "True",
    "0",
    "-7",
    "2**53 - 1",
    "2**53",
    "-(2**53)",
    "10**5000 == 0 or 3**300",
    "1.0",
    "-0.0",
    "0.1 + 0.2",
    "1e300",
    "5e-324",
    "1e22",
    "float('inf')",
    "float('-inf')",
    "float('nan')",
    "1j",
    "complex('nan+infj')",
    "''",
    "'\\ud800 \\U0001f600 \\n \\x00 \" é'",
    "b'\\x00\\xff'",
    "bytearray(b'ab')",
    "[1, [2.0, []], 'x']",
    "(1, (2,), ())",
    "{1, 2}",
    "set()",
    "frozenset([(1, 2)])",
    "{}",
    "{'b': 1, 'a': 2, 3: 4, None: 5, (1, 2): [6], 1.5: {}}",
    "{True: 1}",
    "{'tuple': [1]}",
    "range(10, 0, -3)",
    "collections.deque([1, 2])",
    "collections.Counter('aab')",
    "collections.OrderedDict([(2, 1), (1, 2)])",
    "{2: 1}.keys()",
    "{2: 1}.items()",
    "{2: 1}.values()",
    "int",
    "type(None)",
    "decimal.Decimal('1.50')",
    "decimal.Decimal('NaN')",
    "fractions.Fraction(-1, 3)",
    "datetime.date(2024, 2, 29)",
    "datetime.time(1, 2, 3, 4)",
    "datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)",
    "datetime.timedelta(-1, 2, 3)",
  ])("%s", (expression) => {
    const again = `loads(dumps(${expression}))`;
    expect(evaluate(again)).toBe(evaluate(expression));
    expect(evaluate(`type(${again}) is type(${expression})`)).toBe("True");
    expect(evaluate(`dumps(${expression}).isascii()`)).toBe("True");
  });

  it.each(["1.0", "-0.0", "1e+22", "9007199254740992.0"])("reads %s as a float", (text) => {
    const read = `loads('{"float":"${text}"}')`;
    expect(evaluate(`(type(${read}), ${read} == ${text}, str(${read})[0] == '${text}'[0])`)).toBe(
      "(<class 'float'>, True, True)",
    );
  });

  it("a defaultdict, without its factory", () => {
    expect(evaluate("loads(dumps(collections.defaultdict(list, {1: [2]})))")).toBe("defaultdict(None, {1: [2]})");
  });

  it("an iterator, as another iterator", () => {
    for (const iterator of [
      "(n for n in [1, 2])",
      "map(int, '12')",
      "zip([1, 2])",
      "iter([1, 2])",
      "reversed([2, 1])",
    ]) {
      expect(evaluate(`next(loads(dumps(${iterator}))) in (1, (1,))`)).toBe("True");
      expect(evaluate(`loads(dumps(${iterator})) == [1, 2]`)).toBe("False");
    }
  });
});

describe("it does not write", () => {
  it.each([
    ["an int that equals everything", "type('I', (int,), {'__eq__': lambda *_: True, '__hash__': int.__hash__})(3)"],
    ["a str of a subclass", "type('S', (str,), {})('x')"],
    ["a list of a subclass", "[type('L', (list,), {})()]"],
    ["a key of a subclass", "{type('I', (int,), {})(3): 1}"],
    ["a named tuple", "collections.namedtuple('P', 'x')(1)"],
    ["an object", "object()"],
    ["a function", "[len]"],
    ["a class of its own", "type('C', (), {})"],
    ["a match", "re.match('a', 'a')"],
    [
      "a class that pretends to be int",
      "type('M', (type,), {'__eq__': lambda *_: True, '__hash__': lambda s: hash(int)})('E', (), {})()",
    ],
  ])("%s", (_, expression) => {
    expect(evaluate(`dumps(${expression})`)).toMatch(/^TypeError: a value of type \w+ has no plain form$/);
  });

  it.each([
    ["itself within itself", "(lambda a: (a.append(a), a)[1])([])"],
    ["too deep", "functools.reduce(lambda inner, _: [inner], range(200), 0)"],
    ["the same list a million times", "functools.reduce(lambda inner, _: [inner, inner], range(60), [0])"],
    ["a text too long", "'x' * 2_000_000"],
    ["an int too long", "1 << 9_000_000"],
    ["too many items", "[0] * 300_000"],
    ["an iterator without end", "(n for n in itertools.count())"],
  ])("%s", (_, expression) => {
    expect(evaluate(`dumps(${expression})`)).toMatch(/^ValueError: the value/);
  });

  it("the same list twice is no cycle", () => {
    expect(evaluate("(lambda a: loads(dumps([a, a])))([1])")).toBe("[[1], [1]]");
  });
});

describe("it reads nothing but its own words, and survives the rest", () => {
  it.each([
    ["no JSON", "nonsense"],
    ["NaN", "NaN"],
    ["two keys", '{"tuple": [], "set": []}'],
    ["no key", "{}"],
    ["an unknown tag", '{"module": ["os"]}'],
    ["a class that is not on the list", '{"type": "type"}'],
    ["an unhashable member", '{"set": [[]]}'],
    ["a pair that is none", '{"dict": [[1, 2, 3]]}'],
    ["a text for a list", '{"tuple": "ab"}'],
    ["a list for a text", '{"int": [1]}'],
    ["no number", '{"int": "0x!"}'],
    ["a float in other words", '{"float": "1_0"}'],
    ["a float that is none", '{"float": "infinity"}'],
    ["a range without a step", '{"range": [1, 2, 0]}'],
    ["a range of texts", '{"range": ["1", "2", "3"]}'],
    ["a fraction by zero", '{"Fraction": [1, 0]}'],
    ["a day that is none", '{"date": "2023-02-29"}'],
    ["a time too long", '{"timedelta": [9999999999999, 0, 0]}'],
  ])("%s", (_, text) => {
    expect(evaluate(`loads(${JSON.stringify(text)})`)).toMatch(/^ValueError/);
  });

  it.each([
    ["a million brackets", "'[' * 900_000"],
    ["brackets and strings", "'[\"]\",' * 100_000"],
    ["closed ones", "'[' * 5_000 + ']' * 5_000"],
    ["tags within tags", "'{\"tuple\":[' * 3_000 + ']}' * 3_000"],
    ["a text too long", "'\"' + 'x' * 1_000_001 + '\"'"],
    ["decimal digits in masses", "'9' * 100_000"],
    ["too many parts", "'[' + '0,' * 400_000 + '0]'"],
    ["no text", "None"],
  ])("%s", (_, expression) => {
    expect(evaluate(`loads(${expression})`)).toMatch(/^ValueError/);
    expect(evaluate("loads('[1]')")).toBe("[1]");
  });

  it("brackets in texts are no depth", () => {
    expect(evaluate(`len(loads(dumps('[' * 1_000 + '"' * 10 + "\\\\")))`)).toBe("1011");
  });
});

it("does not need the builtins that a program has replaced", () => {
  python.runPython(`
import builtins
saved = dict(vars(builtins))
try:
    for name in ("len", "type", "repr", "id", "list", "set", "dict", "isinstance", "hasattr", "format", "str", "map"):
        setattr(builtins, name, lambda *_: 0)
    text = dumps([1, {"a": (2.5, {3})}, 2**70, b"x", datetime.date(2024, 1, 1)])
finally:
    vars(builtins).update(saved)
`);
  expect(evaluate("loads(text)")).toBe(evaluate("[1, {'a': (2.5, {3})}, 2**70, b'x', datetime.date(2024, 1, 1)]"));
});
