"""The door of the trusted interpreter: calls a function of checker.py for the executor. No candidate ever runs here."""

import json

import checker


def handle(text):
    try:
        name, argument = json.loads(text)
        return json.dumps({"value": getattr(checker, name)(argument)})
    except BaseException as thrown:
        return json.dumps({"error": f"{type(thrown).__name__}: {thrown}"[:2000]})
