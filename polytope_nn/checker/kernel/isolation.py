"""One root of a polynomial with integer coefficients: no factor twice, one root in an interval."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from .reading import Clock

PRIMES = (2147483647, 2147483629, 2147483587)


def squarefree(f: Sequence[int], tick: Callable[[], None]) -> bool:
    """Return whether Euclid shows that f and f' have no common factor, modulo a prime.

    A square factor of f over Q would be one modulo every prime that does not divide the
    leading coefficient; so one prime with gcd 1 is a proof.
    """
    for p in PRIMES:
        one = [c % p for c in f]
        two = [i * c % p for i, c in enumerate(f)][1:]
        if not one[-1]:
            continue
        while any(two):
            tick()
            while not two[-1]:
                two.pop()
            inverse = pow(two[-1], -1, p)
            while len(one) >= len(two):
                share, shift = one[-1] * inverse % p, len(one) - len(two)
                for i, c in enumerate(two):
                    one[shift + i] = (one[shift + i] - share * c) % p
                one.pop()
            one, two = two, one or [0]
        if len(one) == 1:
            return True
    return False


def isolated(f: Sequence[int], interval: tuple[int, int, int], clock: Clock) -> int:
    """Return the number of roots of a squarefree f in (a/q, b/q), or 2 for several.

    Descartes: moved to (0, infinity), 0 or 1 changes of sign are as many roots; else the
    interval is halved. f is not 0 at the ends.
    """
    (a, b, q), tick = interval, clock.tick
    # f((a + (b - a) t)/q) q^degree: its roots in (0, 1)
    moved: list[int] = []
    power = 1
    for c in reversed(f):
        tick()
        # moved * (a + (b - a) t) + c q^k
        shifted = [0, *(x * (b - a) for x in moved)]
        for i, x in enumerate(moved):
            shifted[i] += x * a
        shifted[0] += c * power
        moved, power = shifted, power * q
    found, waiting = 0, [moved]
    while waiting and found < 2:
        g = waiting.pop()
        changes = variations(taylor(g[::-1], tick))
        if changes < 2:
            found += changes
            continue
        k = len(g) - 1
        left = [c << (k - i) for i, c in enumerate(g)]
        right = taylor(left, tick)
        found += right[0] == 0  # the middle is a root
        waiting += [left, right]
        held = max(c.bit_length() for c in right)
        clock.hold(len(waiting) * len(g), held, "field")
    return found


def taylor(g: Sequence[int], tick: Callable[[], None]) -> list[int]:
    """Return the coefficients of ``g(t + 1)``."""
    shifted = list(g)
    for i in range(len(g) - 1):
        tick()
        for j in range(len(g) - 2, i - 1, -1):
            shifted[j] += shifted[j + 1]
    return shifted


def variations(g: Iterable[int]) -> int:
    """Return the number of changes of sign, zeros left out."""
    signs = [c > 0 for c in g if c]
    return sum(s != t for s, t in pairwise(signs))
