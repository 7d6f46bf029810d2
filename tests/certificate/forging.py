"""Lies about certificates: every leaf changed, and sealed again as if nothing had happened."""

import copy
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "proofs" / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))
PARTS = ("data", "claims", "witness")
FRAME = ("format", "version", "kind", "conventions", "field")


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="ascii"))


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def sealed(certificate):
    """Return the certificate with the hashes its parts now have."""
    told = {part: certificate[part] for part in PARTS}
    if certificate.get("version") == 2 and all(name in certificate for name in FRAME):
        told["frame"] = {name: certificate[name] for name in FRAME}
    return certificate | {
        "sha256": {
            part: hashlib.sha256(canonical(value).encode()).hexdigest()
            for part, value in told.items()
        }
    }


def claim(certificate, name):
    return next(c for c in certificate["claims"] if c["claim"] == name)


def registry(table, prefix=""):
    """Return what puts a change into a table: ``(golden, change, where, why)`` by its name."""

    def forged(name, where, why):
        def register(change):
            assert change.__name__ not in table
            table[change.__name__] = (prefix + name, change, where, why)
            return change

        return register

    return forged


def places(value, path=()) -> Iterator[tuple]:
    """Yield the path of every node, containers before what they hold."""
    yield path
    if isinstance(value, dict):
        for key in sorted(value):
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for i, x in enumerate(value):
            yield from places(x, (*path, i))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def put(value, path, new):
    """Return a copy with another value at the path."""
    if not path:
        return new
    changed = copy.copy(value)
    changed[path[0]] = put(value[path[0]], path[1:], new)
    return changed


def lies(x) -> Iterator[tuple[str, object]]:
    """Yield what could be said instead of x, each with the name of the lie."""
    if isinstance(x, bool) or x is None:
        yield "other bool", x is not True
        yield "retyped", 1
        yield "nothing", None if x is not None else False
    elif isinstance(x, int):
        yield "more", x + 1
        yield "less", x - 1
        yield "negated", -x
        yield "zero", 0
        yield "retyped", str(x)
        yield "bool", bool(x)
        yield "float", float(x)
        yield "doubled", 2 * x
        yield "nothing", None
    elif isinstance(x, str):
        yield from text_lies(x)
    elif isinstance(x, list):
        yield "emptied", []
        yield "retyped", {str(i): t for i, t in enumerate(x)}
        if x:
            yield "first deleted", x[1:]
            yield "last deleted", x[:-1]
            yield "last doubled", [*x, x[-1]]
            yield "first doubled", [x[0], *x]
            yield "reversed", x[::-1]
        if len(x) > 1:
            yield "swapped", [x[1], x[0], *x[2:]]
            yield "middle deleted", x[: len(x) // 2] + x[len(x) // 2 + 1 :]
    elif isinstance(x, dict):
        yield "unknown key", x | {"extra": 0}
        yield "emptied", {}
        yield "retyped", sorted(x)
        for key in sorted(x):
            yield f"without {key}", {k: v for k, v in x.items() if k != key}


def text_lies(x):
    yield "retyped", 0
    yield "emptied", ""
    yield "spaced", f" {x}"
    yield "nothing", None
    try:
        p, _, q = x.partition("/")
        number, den = int(p), int(q or 1)
    except ValueError:
        yield "other text", x + "x"
        return
    tail = f"/{q}" if q else ""
    yield "more", f"{number + 1}{tail}"
    yield "less", f"{number - 1}{tail}"
    yield "negated", f"{-number}{tail}"
    yield "zero", "0"
    yield "not in lowest terms", f"{2 * number}/{2 * den}"
    yield "other denominator", f"{number}/{den + 1}"
    yield "denominator 0", f"{number}/0"
    yield "minus zero", "-0"
    yield "a decimal", f"{number}.0"
    yield "plus", f"+{x}"


def whole_lies(certificate) -> Iterator[tuple[tuple, str, object]]:
    """Yield every lie about every node: its path, its name, what is said."""
    for path in places(certificate):
        old = at(certificate, path)
        for name, new in lies(old):
            if new != old or type(new) is not type(old):
                yield path, name, new


def told(certificate, lie):
    """Return the name and the certificate with the lie, resealed unless it is about a hash."""
    path, name, new = lie
    where = f"{'/'.join(map(str, path)) or 'the whole'}: {name}"
    changed = put(certificate, path, new)
    whole = isinstance(changed, dict) and all(part in changed for part in PARTS)
    untouched = not path or path[0] != "sha256"
    return where, sealed(changed) if whole and untouched else changed


def mutants(certificate) -> Iterator[tuple[str, dict]]:
    """Yield every lie, told."""
    return (told(certificate, lie) for lie in whole_lies(certificate))


def sampled(certificate, size, seed):
    """Return a fixed sample of the lies, told."""
    every = list(whole_lies(certificate))
    chosen = random.Random(seed).sample(every, min(size, len(every)))  # noqa: S311 - a fixed sample, not a secret
    return [told(certificate, lie) for lie in chosen]
