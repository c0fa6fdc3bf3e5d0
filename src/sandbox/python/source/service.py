"""The door of the trusted interpreter: calls a function of checker.py for the lane. No program of a candidate ever runs here."""

import json

_checker = None


def handle(text):
    global _checker
    try:
        if _checker is None:
            import checker

            _checker = checker
        name, argument = json.loads(text)
        return json.dumps({"value": getattr(_checker, name)(argument)})
    except BaseException as thrown:
        return json.dumps({"error": f"{type(thrown).__name__}: {thrown}"[:2000]})
