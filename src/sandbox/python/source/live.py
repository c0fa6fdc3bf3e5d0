"""What two interpreters tell each other while a test runs: one asks, the other answers, and asks meanwhile if it must.

Plain data is copied both ways. A container that can change (list, dict, set, ...) gets a number when it first crosses
and is then one object with two copies: whoever hands over tells what it changed since, so effects on arguments, aliases
and identity are what they would be in one interpreter. Everything else crosses as a reference (references.py). A number
is given up, on both sides, as soon as one side has nothing left that holds its object.

A message is tagged text (tagged.py) of [kind, numbers given up, payload, containers]. Here two more tags exist:

    {"ref": number}                            an object both sides know
    {"new": [number, type, mask, hash]}        an object that stays where it is
    {"as": [number, base, type, names, value]} an object of a subclass of immutable plain data
    {"std": [module, name]}                    a function or a class of the standard library
    {"error": [class, args, text, attributes]} an exception; a class is {"std"} or {"errors": [number, name, bases]}

and a container is [number, kind, content], or [number, kind, content, type, names] when its class is derived.

The checker reads what a hostile program may have written: whatever is not of this form raises ValueError.
"""

import builtins
import collections
import errno
import importlib
import inspect
import sys

import references
import tagged

_PLAIN = frozenset(
    (type(None), bool, int, float, str, bytes, complex, range, tuple, frozenset)
    + tuple(tagged._TEXTS) + tuple(tagged._FIELDS) + (tagged._KEYS, tagged._VALUES, tagged._ITEMS)
) - {bytearray}  # fmt: skip

_CONTAINERS = {
    kind.__name__: kind
    for kind in (
        list, dict, set, bytearray, collections.deque, collections.OrderedDict, collections.Counter,
        collections.defaultdict,
    )
}  # fmt: skip
_NAMES = {kind: name for name, kind in _CONTAINERS.items()}
_PAIRS = frozenset(("dict", "OrderedDict", "Counter", "defaultdict"))

_LONELY = {0: []}
_ALONE = sys.getrefcount(_LONELY[0])
"""References to an object that only a dictionary holds, as they are counted here."""

_DATA_TYPES = {(kind.__module__, kind.__qualname__): kind for kind in (*_CONTAINERS.values(), *tagged._TEXTS, *tagged._FIELDS)}
_ERROR_MODULES = frozenset(
    "builtins json.decoder decimal zlib binascii struct queue copy csv statistics re string calendar configparser asyncio.exceptions "
    "concurrent.futures._base locale unicodedata uuid dataclasses inspect io".split()
)
_OURS = frozenset(("checker", "candidate", "live", "references", "tagged", "test_source", "__main__", "__test__", "program"))
def exchange(text):
    """Hands a message over and waits for the other side's; where the browser can wait, the realm puts a real one in its place."""
    raise RuntimeError("The program asks the test in the middle of a call, for which this browser is too old (Chrome 137).")


MAX_NESTED = 100
"""Messages that ask back within each other, at most."""


class Unreadable(Exception):
    """A message that no untampered peer sends."""


class Peer:
    """One side of a conversation about the objects of a program and a test."""

    def __init__(self, exchange, parity):
        self.exchange = exchange
        self.last = parity
        self.parity = parity % 2
        self.objects = {}
        self.numbers = {}
        self.states = {}
        self.held = {}
        self.errors = {}
        self.gone = []
        self.kinds = {}
        self.reading = False
        self.depth = 0
        self.effects = 0

    # What the two sides do differently.

    def send(self, text):
        return self.exchange(text)

    def may_leave(self, value):
        """Whether the other side may hold a reference to this."""
        return True

    def may_leave_by_name(self, value, module):
        """Whether the other side may take this from its own standard library."""
        return False

    def by_name(self, module, name):
        """What the other side called by its name in the standard library."""
        raise ValueError("a name that is not for this side")

    def perform(self, operation, args, kwargs):
        return references.PERFORM[operation](*args, **kwargs)

    def report(self, thrown):
        """What is told of an exception besides itself."""
        return None

    def surroundings(self):
        """Pairs: what the other side should find in place of its own (input, stdin, random)."""
        return ()

    def arrange(self, surroundings):
        pass

    def printed(self, text):
        pass

    def decide(self, operation, args):
        return self.ask(operation, args)

    def marks(self):
        pass

    def describe(self, value, how):
        return self.ask(how, (value,))

    # Asking and answering.

    def ask(self, operation, args, kwargs=None):
        """Has an operation done on the other side; returns or raises what it does."""
        text = self.write("ask", (operation, args, tuple((kwargs or {}).items()), self.surroundings()))
        while True:
            kind, payload = self.read(self.send(text))
            if kind == "ask":
                text = self.serve(payload)
            elif kind == "value":
                value, surroundings = payload
                self.arrange(surroundings)
                return value
            else:
                raise self.failure(payload)

    def failure(self, payload):
        error, _ = payload
        return error

    def answer(self, text):
        """The answer to what was asked by a text."""
        kind, payload = self.read(text)
        if kind != "ask":
            raise Unreadable(kind)
        return self.serve(payload)

    def serve(self, payload):
        self.depth += 1
        try:
            if self.depth > MAX_NESTED:
                raise RecursionError("maximum recursion depth exceeded")
            operation, args, kwargs, surroundings = payload
            self.arrange(surroundings)
            value = self.perform(operation, args, dict(kwargs))
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as thrown:
            return self.write("raised", (thrown, self.report(thrown)))
        finally:
            self.depth -= 1
        try:
            return self.write("value", (value, self.surroundings()))
        except (TypeError, ValueError) as thrown:
            kind = "unwritable" if type(thrown) is TypeError else "output-limit"
            return self.write("raised", (thrown, (kind, "", str(thrown), None)))

    # Numbers.

    def number(self, value):
        self.last += 2
        return self.know(self.last, value)

    def know(self, number, value):
        self.objects[number] = value
        self.numbers[id(value)] = number
        return number

    def forget(self, number):
        value = self.objects.pop(number, None)
        self.numbers.pop(id(value), None)
        self.states.pop(number, None)
        self.held.pop(number, None)

    def sweep(self):
        """Gives up what only this table still holds, and the other side therefore cannot meet here any more."""
        objects = self.objects
        for number in list(self.held):
            if sys.getrefcount(objects[number]) <= _ALONE:
                self.forget(number)
                self.gone.append(number)

    # Messages.

    def write(self, kind, payload):
        known, states = self.last, dict(self.states)
        try:
            writer = _Writer(self)
            content = writer.text(payload)
            containers = writer.changes()
        except BaseException:
            # Nothing was told.
            for number in range(known + 2, self.last + 2, 2):
                self.forget(number)
            self.states = states
            raise
        self.sweep()
        gone, self.gone = self.gone, []
        return f'["{kind}",{gone},{content},[{",".join(containers)}]]'

    def read(self, text):
        try:
            while text.startswith('["out",'):
                _, output, text = tagged._PARSE(text)
                self.printed(str(output))
            if len(text) > tagged.MAX_TEXT * 2 or tagged._is_deep(text):
                raise ValueError("too large")
            kind, gone, payload, containers = tagged._PARSE(text)
            self.reading = True
            try:
                content = _Reader(self).message(payload, containers)
            finally:
                self.reading = False
            for number in gone:
                self.forget(number)
            return self.checked(kind, content)
        except Exception as error:
            raise Unreadable(repr(error)[:200]) from None

    @staticmethod
    def checked(kind, content):
        if type(content) is tuple and (kind, len(content)) in (("ask", 4), ("value", 2), ("raised", 2)):
            if kind == "value" and type(content[1]) is tuple:
                return kind, content
            if kind == "raised" and isinstance(content[0], BaseException):
                return kind, content
            if kind == "ask" and type(content[0]) is str and all(type(part) is tuple for part in content[1:]):
                return kind, content
        raise ValueError(kind)


class _Writer(tagged._Writer):
    def __init__(self, peer):
        super().__init__()
        self.peer = peer
        self.fresh = []

    def text(self, payload):
        self.value(payload)
        text, self.out = "".join(self.out), []
        return text

    def value(self, value):
        kind = type(value)
        if kind is inspect.Signature:
            self.put('{"signature":')
            self.value(_parts(value))
            self.put("}")
        elif kind in _PLAIN or (kind is type and value in tagged._TYPES):
            super().value(value)
        else:
            self.parts += 1
            self.refer(kind, value)

    def container(self, kind, value):
        if kind in _PLAIN and hasattr(value, "tzinfo"):
            return self.refer(kind, value)
        super().container(kind, value)

    def refer(self, kind, value):
        peer = self.peer
        number = peer.numbers.get(id(value))
        if number is not None:
            return self.put('{"ref":%d}' % number)
        if references.is_ref(value):
            raise ValueError("a reference that was given up")
        if kind in _NAMES:
            return self.adopt(value)
        if isinstance(value, BaseException):
            return self.error(kind, value)
        if issubclass(kind, type):
            if issubclass(value, BaseException):
                return self.error_class(value)
            if self.standard(value, value.__module__, value.__qualname__):
                return None
        elif self.standard(value, getattr(value, "__module__", None), getattr(value, "__qualname__", None)):
            return None
        base = references.base_of(kind)
        if base is not None and base in _NAMES:
            return self.adopt(value)
        if not peer.may_leave(value):
            raise TypeError("a value of type " + kind.__name__ + " has no plain form")
        number = peer.number(value)
        if base is not None:
            self.put('{"as":[%d,"%s",' % (number, base.__name__) + tagged._quote(kind.__name__) + ",")
            self.value(tuple(references.added_to(kind, base)))
            self.put(",")
            self.value(base.__str__(value) if base is str else base(tuple.__iter__(value)) if base is tuple else _plain(base, value))
            return self.put("]}")
        mask = references.mask_of(kind)
        code = "null"
        if kind.__hash__ is not object.__hash__ and kind.__hash__ is not None:
            try:
                code = str(int(hash(value)))
            except Exception:
                pass
        return self.put('{"new":[%d,%s,%d,%s]}' % (number, tagged._quote(kind.__name__), mask, code))

    def adopt(self, value):
        if not self.peer.may_leave(value):
            raise TypeError("a value that is not for the program to have")
        number = self.peer.number(value)
        self.peer.states[number] = None
        self.peer.held[number] = None
        self.fresh.append(number)
        self.put('{"ref":%d}' % number)

    def standard(self, value, module, name):
        """Writes a function or class of the standard library by its name, if that is what it is called."""
        if type(module) is not str or type(name) is not str or module in _OURS or module not in sys.modules:
            return False
        if (module, name) in _DATA_TYPES or self.peer.may_leave_by_name(value, module):
            found = sys.modules[module]
            for part in name.split("."):
                found = getattr(found, part, None)
            if found is value:
                self.put('{"std":[%s,%s]}' % (tagged._quote(module), tagged._quote(name)))
                return True
        return False

    def error(self, kind, value):
        self.put('{"error":[')
        self.error_class(kind)
        self.put(",")
        self.value(_arguments(value))
        self.put(",")
        try:
            text = str(value)[:2000]
        except BaseException:
            text = ""
        self.value(text)
        self.put(",")
        extra = dict(getattr(value, "__dict__", None) or {})
        if isinstance(value, OSError):
            extra.update(filename=value.filename)
        if isinstance(value, (StopIteration, SystemExit)):
            extra.pop("value", None)
        items = [(key, item) for key, item in extra.items() if type(key) is str and not key.startswith("__")]
        if value.__cause__ is not None:
            items.append(("__cause__", value.__cause__))
        self.value(tuple(items))
        self.put("]}")

    def error_class(self, kind):
        peer = self.peer
        number = peer.numbers.get(id(kind))
        if number is not None:
            return self.put('{"ref":%d}' % number)
        if kind.__module__ in _ERROR_MODULES and getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is kind:
            return self.put('{"std":[%s,%s]}' % (tagged._quote(kind.__module__), tagged._quote(kind.__qualname__)))
        number = peer.number(kind)
        self.put('{"errors":[%d,%s,[' % (number, tagged._quote(kind.__name__)))
        bases = [base for base in kind.__bases__ if issubclass(base, BaseException)]
        for i, base in enumerate(bases):
            if i:
                self.put(",")
            self.error_class(base)
        return self.put("]]}")

    def changes(self):
        """The containers that are new to the other side or were changed since it was told of them. Those that turn up in
        them join the list while it is gone through."""
        peer, told = self.peer, []
        self.fresh = list(peer.states)
        for number in self.fresh:
            size, parts = self.size, self.parts
            state = self.state(peer.objects[number])
            if state == peer.states[number]:
                self.size, self.parts = size, parts
            else:
                peer.states[number] = state
                told.append(f"[{number},{state}]")
        return told

    def state(self, value):
        kind, derived = type(value), None
        name = _NAMES.get(kind)
        if name is None:
            base = references.base_of(kind)
            derived, name, kind = kind, _NAMES[base], base
        self.put(f'"{name}",')
        if name in _PAIRS:
            self.items(kind.items(value), self.pair)
        else:
            self.items(kind.__iter__(value))
        if kind is collections.defaultdict:
            self.put(",")
            self.value(value.default_factory)
        elif kind is collections.deque:
            self.put(",")
            self.value(value.maxlen)
        elif derived is not None:
            self.put("," + tagged._quote(derived.__name__) + ",")
            self.value(tuple(references.added_to(derived, kind)))
        text, self.out = "".join(self.out), []
        return text


def _plain(base, value):
    if base is int:
        return int.__index__(value) if type(value) is not bool else int(value)
    if base is float:
        return float.__add__(value, 0.0) if value else float.__float__(value)
    return {bytes: lambda v: bytes.__getitem__(v, slice(None)), complex: lambda v: complex.__pos__(v)}.get(
        base, lambda v: frozenset(frozenset.__iter__(v))
    )(value)


class _Reader(tagged._Reader):
    def __init__(self, peer):
        super().__init__()
        self.peer = peer

    def message(self, payload, containers):
        peer = self.peer
        for number, kind, *rest in containers:
            if number in peer.objects:
                if number not in peer.states or type(peer.objects[number]) is not self.kind(kind, rest):
                    raise ValueError("a container of another kind")
                peer.effects += 1
            else:
                self.check(number)
                made = self.kind(kind, rest)
                peer.know(number, made((), _length(rest[1])) if made is collections.deque else made())
                peer.states[number] = peer.held[number] = None
        content = self.value(payload, 0)
        for number, kind, *rest in containers:
            self.fill(number, kind, rest)
        return content

    def kind(self, name, rest):
        kind = _CONTAINERS[name]
        if len(rest) == 3:
            return references.based(self.peer, kind, _name(rest[1]), [_name(one) for one in self.value(rest[2], 0)])
        return kind

    def check(self, number):
        if type(number) is not int or number <= 0 or number % 2 == self.peer.parity or number in self.peer.objects:
            raise ValueError("a number that is not the peer's to give")

    def fill(self, number, kind, rest):
        """Gives a container its content. Its methods may be the program's: those of the plain type are called."""
        peer, content = self.peer, rest[0]
        container, plain = peer.objects[number], _CONTAINERS[kind]
        items = [self.pair(one, 1) for one in content] if kind in _PAIRS else self.items(content, 1)
        if plain is list:
            list.__setitem__(container, slice(None), items)
        elif plain is bytearray:
            container[:] = bytes(items)
        elif plain is set or plain is collections.deque:
            plain.clear(container)
            (set.update if plain is set else collections.deque.extend)(container, items)
        else:
            plain.clear(container)
            for key, item in items:
                dict.__setitem__(container, key, item) if plain is not collections.OrderedDict else container.__setitem__(key, item)
        if plain is collections.defaultdict:
            container.default_factory = self.value(rest[1], 1)
        writer = _Writer(peer)
        peer.states[number] = writer.state(container)

    def value(self, data, depth):
        if type(data) is dict:
            [(tag, content)] = data.items()
            read = _READ.get(tag)
            if read is not None:
                self.parts += 1
                return read(self, content, depth)
        return super().value(data, depth)

    def ref(self, number, depth):
        if type(number) is not int:
            raise ValueError("no number")
        return self.peer.objects[number]

    def new(self, content, depth):
        number, name, mask, code = content
        self.check(number)
        if type(mask) is not int or not 0 <= mask <= 2 * references.UNHASHABLE:
            raise ValueError("no mask")
        code = self.value(code, depth)
        if code is not None and type(code) is not int:
            raise ValueError("no hash")
        peer = self.peer
        made = references.make(peer, number, _name(name), mask, None if code is None else code % (1 << 30))
        peer.know(number, made)
        peer.held[number] = None
        return made

    def based(self, content, depth):
        number, base, name, added, value = content
        self.check(number)
        base = next(one for one in references.BASES if one.__name__ == base and one not in _NAMES)
        plain = self.value(value, depth + 1)
        if type(plain) is not base:
            raise ValueError("not of its base")
        kind = references.based(self.peer, base, _name(name), [_name(one) for one in self.value(added, depth + 1)])
        made = base.__new__(kind, plain)
        self.peer.know(number, made)
        self.peer.held[number] = None
        return made

    def std(self, content, depth):
        module, name = content
        known = _DATA_TYPES.get((module, name))
        if known is not None:
            return known
        if type(module) is not str or type(name) is not str:
            raise ValueError("no name")
        if module in _ERROR_MODULES:
            found = getattr(sys.modules.get(module) or importlib.import_module(module), name, None)
            if isinstance(found, type) and issubclass(found, BaseException):
                return found
        return self.peer.by_name(module, name)

    def errors(self, content, depth):
        number, name, bases = content
        self.check(number)
        known = [self.value(base, depth + 1) for base in bases]
        if not known or depth > 50 or not all(isinstance(base, type) and issubclass(base, BaseException) for base in known):
            raise ValueError("not the bases of an exception")
        try:
            kind = type(_name(name), tuple(known), {"__str__": _told, "__module__": "program"})
        except TypeError:
            kind = type(_name(name), (known[0],), {"__str__": _told, "__module__": "program"})
        self.peer.know(number, kind)
        return kind

    def error(self, content, depth):
        kind, args, text, attributes = (self.value(one, depth + 1) for one in content)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)) or type(args) is not tuple or type(text) is not str:
            raise ValueError("not an exception")
        attributes = dict(attributes)
        try:
            filename = attributes.get("filename")
            more = (filename,) if issubclass(kind, OSError) and filename is not None and len(args) == 2 else ()
            plain = next(base for base in kind.__mro__ if base.__module__ != "program")
            if plain.__init__ in _C_INITS:
                error = kind.__new__(kind, *args, *more)
                plain.__init__(error, *args, *more)
            else:
                error = kind.__new__(kind)
        except Exception:
            error = kind.__new__(kind)
        if error.args != args:
            error.args = args
        for key, item in attributes.items():
            if key == "filename" and issubclass(kind, OSError):
                continue
            try:
                setattr(error, _name(key), item)
            except (AttributeError, TypeError):
                pass
        if kind.__str__ is _told:
            error.__dict__["__told__"] = text
        return error


def _arguments(error):
    if isinstance(error, BaseExceptionGroup):
        return error.message, error.exceptions
    args = tuple(error.args)
    if isinstance(error, OSError) and args and type(args[0]) is int:
        # The numbers of WebAssembly's system are not those that tests know.
        args = LINUX.get(errno.errorcode.get(args[0]), args[0]), *args[1:]
    return args


LINUX = dict(
    EPERM=1, ENOENT=2, EINTR=4, EIO=5, EBADF=9, ECHILD=10, EAGAIN=11, ENOMEM=12, EACCES=13, EBUSY=16, EEXIST=17, EXDEV=18,
    ENODEV=19, ENOTDIR=20, EISDIR=21, EINVAL=22, EMFILE=24, ENOTTY=25, EFBIG=27, ENOSPC=28, ESPIPE=29, EROFS=30, EPIPE=32,
    ENAMETOOLONG=36, ENOSYS=38, ENOTEMPTY=39, ELOOP=40, EADDRINUSE=98, ECONNREFUSED=111, ETIMEDOUT=110,
)  # fmt: skip
"""Linux' numbers of the errors of the system."""


def _length(value):
    if value is not None and (type(value) is not int or value < 0):
        raise ValueError("no length")
    return value


def _told(self):
    return self.__dict__.get("__told__", "")


_C_INITS = frozenset(
    kind.__init__ for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, BaseException)
)


def _name(text):
    if type(text) is not str or not 0 < len(text) <= 200 or "\0" in text:
        raise ValueError("no name")
    return text


def _parts(signature):
    """A signature as plain data; what is not given is an empty tuple, what is stands in one."""
    given = lambda value: () if value is inspect.Parameter.empty else (value,)
    parameters = ((one.name, int(one.kind), given(one.default), given(one.annotation)) for one in signature.parameters.values())
    return tuple(parameters), given(signature.return_annotation)


def _signature(reader, content, depth):
    parameters, returned = reader.value(content, depth + 1)
    given = lambda value: value[0] if value else inspect.Parameter.empty
    made = [
        inspect.Parameter(name, inspect._ParameterKind(kind), default=given(default), annotation=given(annotation))
        for name, kind, default, annotation in parameters
    ]
    return inspect.Signature(made, return_annotation=given(returned))


_READ = {
    "signature": _signature,
    "ref": _Reader.ref,
    "new": _Reader.new,
    "as": _Reader.based,
    "std": _Reader.std,
    "errors": _Reader.errors,
    "error": _Reader.error,
}
