"""Python values as JSON text, with their types.

Both kinds of interpreters hold this module. In a candidate's realm `dumps` writes down what a function returned,
next to a program that may be hostile; in the checker `loads` reads that text back, which must be safe whatever it
says. So nothing is ever evaluated, values of a few exact types exist and no others, and sizes are bounded on both
sides.

The form. null, booleans, strings, numbers and arrays stand for themselves: None, bool, str, int or float, list. A
number with a point or an exponent is a float, any other an int. Everything else is an object with one key:

    {"int": "-ff"}                 an int of 2**53 or more, in hexadecimal (decimal digits take quadratic time)
    {"float": "nan"}               nan, inf, -inf, or digits, which JavaScript would write as those of an int
    {"complex": [re, im]}          two floats
    {"bytes": "00ff"}              in hexadecimal; also "bytearray"
    {"tuple": [...]}               items; also "set", "frozenset", "deque" and "iterator"
    {"dict": [[key, value], ...]}  in order; also "OrderedDict", "Counter" and "defaultdict" (its factory is not kept)
    {"keys": [...]}                dict.keys(); also "values"; {"items": [[key, value], ...]}
    {"range": [start, stop, step]}
    {"type": "int"}                a few builtin types themselves
    {"Decimal": "1.50"}            {"Fraction": [numerator, denominator]}
    {"date": "2024-02-29"}         also "time" and "datetime", in ISO form; {"timedelta": [days, seconds, microseconds]}

A string may hold lone surrogates: the text is ASCII, with escapes. Instances of subclasses are refused: an int that
says it equals everything is no int. An iterator (a generator, map, zip, ...) is drawn out where it is written and
read as a new iterator.
"""

import collections
import datetime
import decimal
import fractions
import json
import math
import re

# A program may replace builtins. These names are now this module's own, bound before any program runs.
abs, bool, bytearray, bytes, complex, dict, enumerate = abs, bool, bytearray, bytes, complex, dict, enumerate
float, format, frozenset, hasattr, id, int, iter = float, format, frozenset, hasattr, id, int, iter
len, list, map, object, range, repr = len, list, map, object, range, repr
set, str, tuple, type, zip = set, str, tuple, type, zip
TypeError, ValueError = TypeError, ValueError

MAX_DEPTH = 100
"""How many containers may lie within each other."""

MAX_TEXT = 1_000_000
"""Characters of a text, at most."""

MAX_PARTS = 200_000
"""Values in one text, at most, with containers and what they hold."""

_SAFE = 2**53
_quote = json.encoder.encode_basestring_ascii
_isfinite = math.isfinite
_type_name = type.__dict__["__name__"].__get__

_KEYS, _VALUES, _ITEMS = type({}.keys()), type({}.values()), type({}.items())
_SEQUENCES = {
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    collections.deque: "deque",
    _KEYS: "keys",
    _VALUES: "values",
    **{
        type(iterator): "iterator"
        for iterator in (
            (_ for _ in ()),
            map(abs, ()),
            filter(None, ()),
            zip(),
            enumerate(()),
            reversed(()),
            reversed([]),
            iter(()),
            iter([]),
            iter(""),
            iter(range(0)),
            iter(set()),
            iter({}),
            iter({}.values()),
            iter({}.items()),
        )
    },
}
_MAPPINGS = {
    dict: "dict",
    collections.OrderedDict: "OrderedDict",
    collections.Counter: "Counter",
    collections.defaultdict: "defaultdict",
}
_TEXTS = {
    bytes: ("bytes", bytes.hex),
    bytearray: ("bytearray", bytearray.hex),
    decimal.Decimal: ("Decimal", str),
    datetime.date: ("date", datetime.date.isoformat),
    datetime.time: ("time", datetime.time.isoformat),
    datetime.datetime: ("datetime", datetime.datetime.isoformat),
}
_FIELDS = {
    complex: ("complex", lambda value: (value.real, value.imag)),
    range: ("range", lambda value: (value.start, value.stop, value.step)),
    fractions.Fraction: ("Fraction", lambda value: (value.numerator, value.denominator)),
    datetime.timedelta: ("timedelta", lambda value: (value.days, value.seconds, value.microseconds)),
}
_TYPES = {
    kind: _type_name(kind)
    for kind in (bool, bytes, complex, dict, float, frozenset, int, list, object, range, set, str, tuple, type(None))
}
_ZONES = (type(None), datetime.timezone)


def dumps(value):
    """The text of a value.

    Raises TypeError when a part of it has no tagged form (the message names its type), ValueError when it contains
    itself or is too large or too deep; whatever an iterator in it raises.
    """
    writer = _Writer()
    writer.value(value)
    return "".join(writer.out)


class _Writer:
    def __init__(self):
        self.out = []
        self.size = 0
        self.parts = 0
        self.open = set()

    def put(self, text):
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise ValueError("the value is too large")
        self.out.append(text)

    def value(self, value):
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise ValueError("the value has too many parts")
        kind = type(value)
        if value is None:
            self.put("null")
        elif kind is bool:
            self.put("true" if value else "false")
        elif kind is int:
            self.put(repr(value) if -_SAFE < value < _SAFE else self.long(value))
        elif kind is str:
            self.put(_quote(value) if len(value) <= MAX_TEXT else value)
        elif kind is float:
            self.put(repr(value) if _isfinite(value) else '{"float":"' + repr(value) + '"}')
        elif kind in _TEXTS and (not hasattr(value, "tzinfo") or type(value.tzinfo) in _ZONES):
            name, text = _TEXTS[kind]
            self.put('{"' + name + '":' + _quote(text(value)) + "}")
        elif kind in _FIELDS:
            name, fields = _FIELDS[kind]
            self.tag(name, fields(value))
        elif kind is type and value in _TYPES:
            self.put('{"type":"' + _TYPES[value] + '"}')
        else:
            self.container(kind, value)

    def long(self, value):
        if value.bit_length() > 4 * MAX_TEXT:
            raise ValueError("the value is too large")
        return '{"int":"' + format(value, "x") + '"}'

    def container(self, kind, value):
        if id(value) in self.open:
            raise ValueError("the value contains itself")
        if len(self.open) >= MAX_DEPTH:
            raise ValueError("the value is nested too deeply")
        self.open.add(id(value))
        if kind is list:
            self.items(value)
        elif kind in _SEQUENCES:
            self.tag(_SEQUENCES[kind], value)
        elif kind in _MAPPINGS:
            self.tag(_MAPPINGS[kind], dict.items(value), self.pair)
        elif kind is _ITEMS:
            self.tag("items", value, self.pair)
        else:
            raise TypeError("a value of type " + _type_name(kind) + " has no plain form")
        self.open.discard(id(value))

    def tag(self, name, items, write=None):
        self.put('{"' + name + '":')
        self.items(items, write)
        self.put("}")

    def items(self, items, write=None):
        self.put("[")
        first = True
        for item in items:
            if not first:
                self.put(",")
            first = False
            (write or self.value)(item)
        self.put("]")

    def pair(self, pair):
        self.put("[")
        self.value(pair[0])
        self.put(",")
        self.value(pair[1])
        self.put("]")


def loads(text):
    """The value of a text. Raises ValueError, and nothing else, when no `dumps` could have written it."""
    if type(text) is not str or len(text) > MAX_TEXT or _is_deep(text):
        raise ValueError("not a tagged text")
    try:
        return _Reader().value(_PARSE(text), 0)
    except (ArithmeticError, AttributeError, KeyError, TypeError, MemoryError) as error:
        raise ValueError("not a tagged text: " + repr(error)[:200]) from None


def _is_deep(text):
    """Whether brackets lie too deep for the parser, which recurses in C: in WebAssembly that is the end of the
    interpreter."""
    limit = 4 * MAX_DEPTH
    if text.count("[") + text.count("{") <= limit:
        return False
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > limit:
            return True
    return False


_STRINGS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_BRACKETS = re.compile(r"[\[\]{}]")


def _no_constant(name):
    raise ValueError(name + " is not JSON")


def _pair_once(pairs):
    if len(pairs) != 1:
        raise ValueError("an object must have one key")
    return dict(pairs)


_PARSE = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_pair_once).decode


class _Reader:
    def __init__(self):
        self.parts = 0

    def value(self, data, depth):
        self.parts += 1
        if self.parts > MAX_PARTS or depth > MAX_DEPTH + 1:
            raise ValueError("too many parts, or too deep")
        kind = type(data)
        if kind is list:
            return self.items(data, depth)
        if kind is not dict:
            return data
        [(tag, content)] = data.items()
        if tag in _READ_TEXT:
            if type(content) is not str:
                raise ValueError(tag + " needs a text")
            return _READ_TEXT[tag](content)
        if type(content) is not list:
            raise ValueError(tag + " needs a list")
        if tag in _READ_PAIRS:
            return _READ_PAIRS[tag]([self.pair(pair, depth) for pair in content])
        return _READ_ITEMS[tag](self.items(content, depth))

    def items(self, data, depth):
        return [self.value(item, depth + 1) for item in data]

    def pair(self, data, depth):
        key, value = data
        return self.value(key, depth + 1), self.value(value, depth + 1)


def _numbers(kinds, make):
    def read(items):
        if any(type(item) not in kinds for item in items):
            raise ValueError("not the right kind of number")
        return make(*items)

    return read


_FLOAT = re.compile(r"nan|-?inf|-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?")


def _float(text):
    if _FLOAT.fullmatch(text) is None:
        raise ValueError("not a float")
    return float(text)


def _counter(pairs):
    # Counter(pairs) would count the pairs.
    return collections.Counter(dict(pairs))


_READ_TEXT = {
    "int": lambda text: int(text, 16),
    "float": _float,
    "type": {name: kind for kind, name in _TYPES.items()}.__getitem__,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "Decimal": decimal.Decimal,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
}
_READ_ITEMS = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
    "iterator": iter,
    "keys": lambda items: dict.fromkeys(items).keys(),
    "values": lambda items: dict(enumerate(items)).values(),
    "complex": _numbers((float,), complex),
    "range": _numbers((int,), range),
    "Fraction": _numbers((int,), fractions.Fraction),
    "timedelta": _numbers((int,), datetime.timedelta),
}
_READ_PAIRS = {
    "dict": dict,
    "OrderedDict": collections.OrderedDict,
    "Counter": _counter,
    "defaultdict": lambda pairs: collections.defaultdict(None, pairs),
    "items": lambda pairs: dict(pairs).items(),
}
