"""References: what stands in one interpreter for an object that lives in the other.

Whatever is done with a `Ref` is asked of the interpreter that has the object (live.py), operation by operation. A class of
references has exactly the special methods that the object's own class has, so `callable`, `len`, `iter`, `hasattr` and
the like find what they would find there. Equality and hash are those of the reference number, unless the object's class
defines its own.

`Based` is for objects of subclasses of plain data (a named tuple, an IntEnum, a class Stack(list)) that compare like
what they extend: the data is here, and all that the subclass adds is asked for.
"""

import collections
import operator
import types

OPERATIONS = tuple(
    "call len iter next reversed contains getitem setitem delitem enter exit instancecheck subclasscheck eq ne lt le gt ge "
    "hash bool int float complex index round trunc floor ceil abs neg pos invert add radd sub rsub mul rmul matmul rmatmul "
    "truediv rtruediv floordiv rfloordiv mod rmod divmod rdivmod pow rpow lshift rlshift rshift rrshift and rand or ror "
    "xor rxor iadd isub imul send throw close await get".split()
)
"""Special methods that a class of references may have, in the order of the bits of a mask."""

_METHODS = {"send": "send", "throw": "throw", "close": "close"}
_BITS = {_METHODS.get(name, f"__{name}__"): 1 << i for i, name in enumerate(OPERATIONS)}
UNHASHABLE = 1 << len(OPERATIONS)
DECISIONS = frozenset("eq ne lt le gt ge contains".split())
"""Operations that compare the object with something; `bool`, `hash` and the two checks decide about it alone."""

FUNCTION = _BITS["__call__"] | _BITS["__instancecheck__"] | _BITS["__subclasscheck__"]
"""What a global of the program is taken for before anything is known of it."""


def mask_of(kind):
    """The special methods of a class, as bits."""
    names = {name for one in kind.__mro__ if one is not object for name, method in vars(one).items() if method is not None}
    if "__next__" not in names and "__await__" not in names:
        names.difference_update(_METHODS)
    mask = sum(bit for name, bit in _BITS.items() if name in names)
    return mask | (UNHASHABLE if kind.__hash__ is None else 0)


class Ref:
    """An object of the other interpreter. Its `peer` asks for it, by its `number`; `code` is its hash, where it has its own."""

    __slots__ = ("code", "number", "peer")

    def __getattribute__(self, name):
        if name == "__class__":
            return _CLASSES.get(type(self).__name__) or type(self)
        if name in _OWN:
            return object.__getattribute__(self, name)
        return PEER(self).ask("getattr", (self, name))

    def __setattr__(self, name, value):
        PEER(self).ask("setattr", (self, name, value))

    def __delattr__(self, name):
        PEER(self).ask("delattr", (self, name))

    def __repr__(self):
        return PEER(self).describe(self, "repr")

    def __str__(self):
        return PEER(self).describe(self, "str")

    def __format__(self, form):
        return PEER(self).ask("format", (self, form))

    def __dir__(self):
        return PEER(self).ask("dir", (self,))

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot copy an object of type {type(self).__name__}")

    def __copy__(self):
        return PEER(self).ask("copy", (self,))

    def __deepcopy__(self, memo):
        return PEER(self).ask("deepcopy", (self,))


_CLASSES = {"generator": types.GeneratorType, "coroutine": types.CoroutineType, "function": types.FunctionType, "type": type}
_OWN = ("__copy__", "__deepcopy__", "__reduce_ex__")

PEER = Ref.__dict__["peer"].__get__
NUMBER = Ref.__dict__["number"].__get__
_CODE = Ref.__dict__["code"].__get__


def make(peer, number, name, mask, code=None):
    """A reference to the object of this number, of a class of this name."""
    kind = peer.kinds.get((name, mask))
    if kind is None:
        kind = peer.kinds[name, mask] = type(name, (Ref,), _namespace(mask))
    made = object.__new__(kind)
    for slot, value in (("peer", peer), ("number", number), ("code", code)):
        Ref.__dict__[slot].__set__(made, value)
    return made


def is_ref(value):
    return issubclass(type(value), Ref)


def _namespace(mask):
    made = {"__slots__": (), "__module__": "program"}
    for i, operation in enumerate(OPERATIONS):
        if mask >> i & 1:
            made[_METHODS.get(operation, f"__{operation}__")] = _FORWARDS[operation]
    if "__subclasscheck__" in made:
        made.update(__new__=_subclass, __init__=lambda *_: None)
    if mask & UNHASHABLE:
        made["__hash__"] = None
    elif "__eq__" in made and "__hash__" not in made:
        made["__hash__"] = object.__hash__
    return made


def _forward(operation):
    if operation in DECISIONS:
        return lambda self, other: PEER(self).decide(operation, (self, other))
    if operation in ("bool", "instancecheck", "subclasscheck"):
        return lambda self, *others: PEER(self).decide(operation, (self, *others))

    def forward(self, *args, **kwargs):
        return PEER(self).ask(operation, (self, *args), kwargs)

    return forward


def _hash(self):
    code = _CODE(self)
    PEER(self).marks()
    if code is None:
        raise TypeError(f"unhashable type: '{type(self).__name__}'")
    return code


def _exit(self, kind, error, trace):
    return PEER(self).ask("exit", (self, error))


def _subclass(meta, name, bases, namespace):
    """A class of a test that extends one of the program's lies where that one does, with the test's functions."""
    items = tuple(item for item in namespace.items() if item[0] not in ("__classcell__", "__classdictcell__"))
    return PEER(bases[0]).ask("subclass", (name, bases, items))


def _bind(self, target, kind=None):
    return self if target is None else types.MethodType(self, target)


def _await(self):
    return PEER(self).ask("await", (self,))
    yield


_FORWARDS = {operation: _forward(operation) for operation in OPERATIONS}
_FORWARDS.update(hash=_hash, exit=_exit)
_FORWARDS["await"] = _await
_FORWARDS["get"] = _bind

BASES = (int, float, complex, str, bytes, tuple, frozenset, list, dict, set, collections.deque)
_DECIDING = "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __len__ __iter__ __getitem__ __contains__ __bool__".split()
_ADDED = ("__repr__", "__str__", "__call__", "__missing__")


def base_of(kind):
    """The plain type that a class extends without changing what it equals or holds; None for any other class."""
    base = next((base for base in BASES if issubclass(kind, base)), None)
    if base is None:
        return None
    own = kind.__mro__[: kind.__mro__.index(base)]
    return None if any(name in vars(one) for one in own for name in _DECIDING) else base


def added_to(kind, base):
    """The names that a class, or one between it and `base`, adds or replaces."""
    names = {name for one in kind.__mro__[: kind.__mro__.index(base)] for name in vars(one)}
    return sorted(name for name in names if not name.startswith("__") or name in _ADDED)


def based(peer, base, name, added):
    """A class that extends `base` as one of the other interpreter does."""
    key = base, name, tuple(added)
    if key not in peer.kinds:
        peer.kinds[key] = type(name, (base,), _based_namespace(peer, added))
    return peer.kinds[key]


def _based_namespace(peer, added):
    def read(name):
        return property(
            lambda self: peer.ask("getattr", (self, name)),
            lambda self, value: peer.ask("setattr", (self, name, value)),
        )

    made = {"__getattr__": lambda self, name: peer.ask("getattr", (self, name))}
    for name in added:
        if not name.startswith("__"):
            made[name] = read(name)
    if "__repr__" in added:
        made["__repr__"] = lambda self: peer.describe(self, "repr")
    if "__repr__" in added or "__str__" in added:
        made["__str__"] = lambda self: peer.describe(self, "str")
    if "__call__" in added:
        made["__call__"] = lambda self, *args, **kwargs: peer.ask("call", (self, *args), kwargs)
    if "__missing__" in added:
        made["__missing__"] = lambda self, key: peer.ask("getitem", (self, key))
    made["__module__"] = "program"
    return made


def _exit_with(target, error):
    return target.__exit__(error and type(error), error, None)


def _copy(value):
    import copy

    return copy.copy(value)


def _deepcopy(value):
    import copy

    return copy.deepcopy(value)


def _run(awaitable):
    import asyncio

    async def whole():
        return await awaitable

    return asyncio.run(whole())


def _reflected(operate):
    return lambda self, other: operate(other, self)


PERFORM = {
    "call": lambda target, *args, **kwargs: target(*args, **kwargs),
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "repr": repr,
    "str": str,
    "format": format,
    "dir": dir,
    "copy": _copy,
    "deepcopy": _deepcopy,
    "enter": lambda target: target.__enter__(),
    "exit": _exit_with,
    "subclass": lambda name, bases, items: types.new_class(name, bases, {}, lambda namespace: namespace.update(items)),
    "instancecheck": lambda kind, value: isinstance(value, kind),
    "subclasscheck": lambda kind, value: issubclass(value, kind),
    "iadd": operator.iadd, "isub": operator.isub, "imul": operator.imul,
    "send": lambda target, value: target.send(value),
    "throw": lambda target, *error: target.throw(*error),
    "close": lambda target: target.close(),
    "await": _run,
    "len": len, "iter": iter, "next": next, "reversed": reversed, "hash": hash, "bool": bool, "int": int, "float": float,
    "complex": complex, "index": operator.index, "round": round, "divmod": divmod, "pow": pow, "abs": abs,
    "trunc": lambda value: value.__trunc__(), "floor": lambda value: value.__floor__(), "ceil": lambda value: value.__ceil__(),
    "contains": operator.contains, "getitem": operator.getitem, "setitem": operator.setitem, "delitem": operator.delitem,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "neg": operator.neg, "pos": operator.pos, "invert": operator.invert,
    "rdivmod": _reflected(divmod), "rpow": _reflected(pow),
    **{
        name: getattr(operator, f"__{name}__")
        for name in "add sub mul matmul truediv floordiv mod lshift rshift and or xor".split()
    },
    **{
        f"r{name}": _reflected(getattr(operator, f"__{name}__"))
        for name in "add sub mul matmul truediv floordiv mod lshift rshift and or xor".split()
    },
}  # fmt: skip
"""How an operation is done on an object that is here."""
