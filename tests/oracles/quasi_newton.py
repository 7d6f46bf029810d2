"""Descents by BFGS with a weak Wolfe line search, many runs at once, in floats.

Nothing of the package is used. On functions with kinks this method settles at Clarke stationary
points, and fast (A. Lewis, M. Overton, *Math. Program.* 141 (2013) 135-163); a run that stopped
elsewhere goes on after some subgradient steps. A quarter of the starts is on a lattice, where
neurons are silent or tied from the beginning.
"""

from dataclasses import dataclass

import numpy as np

_ARMIJO, _WOLFE, _HALVINGS = 1e-4, 0.9, 30
_ROUNDS = 16
_STEPS, _STIRRED = 120, 100  # of the first round
_LENGTH = 0.03
_TINY = 1e-30


@dataclass(frozen=True)
class Landscape:
    """The objective of networks (w, b, alpha), each neuron a row, in all parameters."""

    X: np.ndarray
    y: np.ndarray
    beta: float
    width: int
    bias: str
    active_at_0: bool = False  # the subgradient of a ReLU at 0

    def parts(self, P):
        """Return w, b and alpha of points, shape (runs, parameters)."""
        d = self.X.shape[1]
        P = P.reshape(len(P), self.width, d + 2)
        b = P[..., d] * (self.bias != "none")
        return P[..., :d], b, P[..., d + 1]

    def __call__(self, P):
        """Return objectives and gradients."""
        w, b, alpha = self.parts(P)
        H = w @ self.X.T + b[..., None]
        A = np.maximum(H, 0)
        rest = np.einsum("rm,rmn->rn", alpha, A) - self.y
        paid = b * (self.bias == "penalised")
        norms = (w**2).sum((1, 2)) + (alpha**2 + paid**2).sum(1)
        on = (H > 0) | ((H == 0) & self.active_at_0)
        pulled = rest[:, None, :] * on * alpha[:, :, None]
        lifted = (pulled.sum(2) + self.beta * paid) * (self.bias != "none")
        out = np.einsum("rn,rmn->rm", rest, A) + self.beta * alpha
        turned = pulled @ self.X + self.beta * w
        gradient = np.concatenate([turned, lifted[..., None], out[..., None]], axis=2)
        return ((rest**2).sum(1) + self.beta * norms) / 2, gradient.reshape(len(P), -1)

    def balanced(self, P):
        """Return the objectives of the balanced networks with the same outputs."""
        w, b, alpha = self.parts(P)
        A = np.maximum(w @ self.X.T + b[..., None], 0)
        rest = np.einsum("rm,rmn->rn", alpha, A) - self.y
        paid = b * (self.bias == "penalised")
        sizes = np.sqrt((w**2).sum(2) + paid**2)
        return (rest**2).sum(1) / 2 + self.beta * (np.abs(alpha) * sizes).sum(1)


def _searched(f, P, p, begun, step):
    """Return the last steps that go down, of a weak Wolfe line search by bisection."""
    v, slope = begun
    lower, upper = np.zeros(len(P)), np.full(len(P), np.inf)
    best = np.zeros(len(P))
    left = np.flatnonzero(slope < -_TINY)
    for _ in range(_HALVINGS):
        if not len(left):
            break
        t = step[left]
        value, g = f(P[left] + t[:, None] * p[left])
        less = value <= v[left] + _ARMIJO * t * slope[left]
        flat = (g * p[left]).sum(1) >= _WOLFE * slope[left]
        best[left[less]] = t[less]
        upper[left[~less]] = t[~less]
        lower[left[less]] = t[less]
        left = left[~(less & flat)]
        open_ = np.isinf(upper[left])
        between = (lower[left] + np.where(open_, 0, upper[left])) / 2
        step[left] = np.where(open_, 2 * step[left], between)
    return best


def settled(f, P, steps):
    """Return where BFGS ends, each run on its own."""
    v, g = f(P)
    one = np.eye(P.shape[1])
    H = np.broadcast_to(one, (len(P), *one.shape)).copy()
    live = np.ones(len(P), bool)
    for step in range(steps):
        p = -np.einsum("rij,rj->ri", H, g)
        slope = (p * g).sum(1)
        up = ~(slope < 0)
        H[up], p[up], slope[up] = one, -g[up], -(g[up] ** 2).sum(1)
        first = np.ones(len(P))
        if step == 0:
            first /= np.maximum(1, np.sqrt(-slope))
        slope[~live] = 0
        length = _searched(f, P, p, (v, slope), first)
        live = length > 0
        if not live.any():
            break
        s = length[:, None] * p
        P = P + s
        v, new = f(P)
        q, g = new - g, new
        turned = (s * q).sum(1)
        k = np.flatnonzero(turned > _TINY)
        if step == 0:
            H[k] *= (turned[k] / (q[k] ** 2).sum(1))[:, None, None]
        s, q, rho = s[k], q[k], 1 / turned[k][:, None, None]
        L = one - rho * s[:, :, None] * q[:, None, :]
        H[k] = L @ H[k] @ L.transpose(0, 2, 1) + rho * s[:, :, None] * s[:, None, :]
    return P


def _stirred(f, P, steps):
    """Return points after subgradient steps whose lengths fall."""
    for i in range(steps):
        g = f(P)[1]
        size = np.maximum(np.linalg.norm(g, axis=1), 1e-300)
        P = P - _LENGTH * 0.5 ** (20 * i / steps) * g / size[:, None]
    return P


def ends(f, runs, seed, is_end):
    """Return the objectives where descents end; those not at an ``is_end`` are stirred."""
    chance = np.random.default_rng(seed)
    shape = (runs, f.width, f.X.shape[1] + 2)
    P = chance.normal(size=shape) * chance.choice([0.1, 1.0, 3.0], size=(*shape[:2], 1))
    few = runs // 4
    P[:few] = chance.integers(-1, 2, size=(few, *shape[1:]))
    P = settled(f, P.reshape(runs, -1), _STEPS)
    for k in range(_ROUNDS):
        left = np.flatnonzero(~is_end(f.balanced(P)))
        if not len(left):
            break
        P[left] = settled(f, _stirred(f, P[left], _STIRRED * (k + 1)), _STEPS * (k + 1))
    return f.balanced(P)


def instance(seed):
    """Return a small instance (X, y, beta, width, bias), every second one degenerate."""
    chance = np.random.default_rng(seed)
    bias = ["none", "penalised", "free"][seed % 3]
    n, d = int(chance.integers(1, 6)), int(chance.integers(1, 3))
    width = int(chance.integers(1, 3 if bias == "free" else 4))
    r = int(chance.choice([1, 2, 4]))
    X, y = chance.integers(-r, r + 1, size=(n, d)), chance.integers(-4, 5, size=n)
    if seed % 4 == 0 and n > 1:
        X[1] = X[0]
    if seed % 4 == 1 and n > 2:
        X[2] = -2 * X[0]
    if seed % 8 == 2:
        X[0] = 0
    return X.tolist(), y.tolist(), str(chance.choice(["1/2", "1", "1/4"])), width, bias
