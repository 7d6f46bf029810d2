"""What a word of the output means, in a few lines, and where it is proved."""

__all__ = ["STATEMENTS", "WORDS"]

WORDS = {
    "kappa": """κ, the dual variable: minus the gradient of the loss at the optimal fit, shape
(n,); for the squared loss the residual y - y* times the weights. Of smooth losses it is
unique; of losses with kinks there may be many, and one is given. It proves optimality: no
neuron of length 1 has |κ'(Xu)_+| > β. (proofs/T2.md)""",
    "atom": """An atom is a direction g, |g| = β, at which κ'(Xu)_+ reaches its bound, with its
sign. Every neuron of every optimal network lies on the ray of an atom. (proofs/T2.md)""",
    "feature": """The feature of an atom is what its neuron does to the samples: sign (Xg)_+.
(proofs/T3.md)""",
    "P": """P, the optimal polytope: the masses c >= 0 of the atoms whose features add up to the
optimal fit. Every optimal network is a point of P, spread over its neurons. (proofs/T3.md)""",
    "vertex": """A vertex of P is an optimal network whose features are independent: no neuron
can be left out. Its support is the set of its atoms. (proofs/T4.md)""",
    "m*": """m* is the least support of a vertex of P: the least width at which the optimum is
reached. (proofs/T7.1.md)""",
    "M*": """M* is the largest support of a vertex of P: the last width at which an optimal
network can be isolated. (proofs/T7.3.md)""",
    "Theta_m": """Θ_m is the set of optimal networks of width m: m slots, each empty or with a
neuron on the ray of an atom. Its components are counted exactly. (proofs/T8.md)""",
    "component": """Two optimal networks lie in one component of Θ_m if a path of optimal
networks of width m joins them; `path` finds it, or what separates them. (proofs/T11.md)""",
    "isolated": """An isolated point of Θ_m is an optimal network that no path leaves: a vertex
of P with a neuron in each of the m slots. (proofs/T8.md)""",
    "staircase": """The staircase of connectivity lists, for each width m, how many components
Θ_m has and how many of them are points. (proofs/T10.md)""",
    "hole": """A hole of dimension i is a class of H_i: components for i = 0, loops that bound no
disc for i = 1. A Betti number counts them, b₁ those of dimension 1; `holes` finds them for
P_m and for Θ_m, of every width m, from the faces of P. (proofs/T15.md)""",
    "bar": """A bar [a, b) of degree i is a hole of dimension i of P_m, for the widths m from its
birth a on, before its death b; it is never longer than m*. (proofs/T17.md)""",
    "torsion": """Torsion Z/t in H_i: a cycle that bounds only t times over, as the middle line of a
projective plane does. Θ_m has that of P_m. (proofs/T15.md)""",
    "threshold": """The threshold is the width from which on Θ_m is connected for good; the
bound min{m* + M*, n + 1} (`bound_talk` in JSON) is proved for every instance, and the sharper
bound min{m* + M*, r_P + 1} (`bound`), r_P the rank of what P uses. (proofs/T7.5.md)""",
    "level": """exact: rational numbers or a real number field, every equality decided.
interval: numbers enclosed in balls, every decision strict and proved. What cannot be
proved is not returned: exit code 3 names the missing decision. (proofs/README.md)""",
    "gap": """The gap is primal minus dual: the network's own objective less a value below which
no network of any width goes. 0 proves it optimal. (proofs/T13.md)""",
    "pattern": """A pattern says which samples a neuron sees (+) and which not (-): one for each
full-dimensional region that the rows of X cut space into. (proofs/T2.md)""",
    "bias": """none; penalised: a column of ones, so the bias is the last entry of w and counts
in its norm; free: the bias is left out of the norm. (proofs/free.md)""",
    "skip": """A free part of the output: constant adds an intercept, linear x'a, affine both;
it costs nothing and counts no neuron. (proofs/free.md)""",
    "continuum": """With several outputs a face can be full of optimal directions: then optimal
networks are no polytope, and neurons can turn. `witness` names the face, the kernel in which
they lie and one of them; `lifted` is all that the fit sees of them. (proofs/outputs.md)""",
    "stationary": """A stationary network has no direction in which its objective falls at once:
each neuron is balanced, and tight for its own residual. Some are global or local minima, others
saddles, which have a direction in which it falls; `stationary` lists all. (proofs/T14.md)""",
    "certificate": """A certificate lists claims with their witnesses; `check` verifies it with
the standard library alone. (proofs/claims.md)""",
    "objective": "",
    "fit": """The fit y* is what an optimal network outputs on the samples. Of strictly convex
losses all have one (`fit_unique`); of others `interval` gives the fits that belong to κ, and
`fit` is one of them. (proofs/losses.md)""",
    "rank": """The rank of the features of all atoms, modulo what is free; `used_rank`, r_P,
that of those which P uses: the support of a vertex is never larger. (proofs/T4.md)""",
    "spectrum": """The sizes of the supports of P's vertices, and how many vertices have each:
{"2": 4} says four vertices of two neurons; m* and M* are its ends. (proofs/T4.md)""",
    "minimal supports": """A set of atoms that fits, and of which none can be left out; m* and
M* are the least and the largest of their sizes. Where the fit is unique they are the supports
of the vertices. (proofs/losses.md)""",
    "rigid": """A component of Θ_m is rigid if in none of its networks a neuron can be split
off or left out: each fills its m slots, and their order stays. Rigid components that are
points are isolated; others are loose. (proofs/losses.md)""",
    "up to order": """Networks that differ in the order of their neurons alone count as one,
and so do neurons on one ray that can be merged into one (splitting is the reverse). Θ_m
itself tells orders apart: m! for each rigid one. (proofs/T8.md)""",
    "cell": """A cell is a cone of optimal directions on which a neuron's output is linear:
under ℓ1 and ℓ∞ penalties neurons can turn inside it, and take the place of atoms.
(proofs/cells.md)""",
    "modulo": """What counts are taken modulo: lines, directions in which a free part moves
and the fit does not; dead neurons, which have no weight and a free bias that does nothing.
Literally no point would be isolated. (proofs/free.md)""",
    "attained": """Whether some network has the least objective. With a free bias it may be a
limit of networks whose biases grow: then there is a value, and no optimal network.
(proofs/free.md)""",
    "connected_from": """A width from which on Θ_m is proved connected, where the threshold
itself is not known. (proofs/T7.5.md)""",
    "theorems": """The claims T7.1 to T7.5 about this instance: true, false with `witnesses`,
or not claimed. (proofs/README.md)""",
    "dual_proof": """How it was shown that no neuron at all exceeds β: patterns, one by one;
or cones, by a tree of them that lists no pattern. (proofs/cones.md)""",
    "cross_checked": """The second routes that were computed as well and gave the same:
patterns by cddlib, components by the face lattice of P. (proofs/README.md)""",
    "barrier": """The largest objective on a path, less that of its higher end: 0 where the
objective never rises above the ends. `breakpoints` are the networks between which it is a
line, `objectives` are theirs. (proofs/T12.md)""",
    "distance": """Of two networks, the sum over slots of |u - u'|², u = |α| w with its sign:
a neuron without a partner costs |u|². (proofs/T3.md)""",
    "event": """Where a stretch of the β-path ends: an atom leaves, enters or changes its
face, the staircase changes (wall), a component separates, or the path ends. (proofs/T2.md)""",
    "verdict": """Of interpolants of least cost: unique network, unique function (of many
networks), or continuum (of functions); `reason` says why, `witness` shows two that differ.
(proofs/T6.md)""",
    "depth": """Depth helps where no three-layer network with one inner neuron in each branch
reaches the optimum. m*(k) is the least number of branches of k inner neurons that do.
(proofs/three_layer.md)""",
    "P_m": """P_m is the part of P on at most m atoms: the union of the faces with supports of
at most m. Its components, and the orders of neurons, are those of Θ_m. (proofs/T8.md)""",
    "n": """n samples, the rows of X; d features, its columns (with a penalised bias the column
of ones is counted); c outputs; m a width, k one of inner neurons. (docs/guide/json.md)""",
    "number": """A number is "3/7"; of a number field `poly`, `root`, `coords`; a sum of
logarithms `logs`; enclosed `lower`, `upper`; a key that ends in _float is for people only; null
is what is not decided or does not exist. (docs/guide/json.md)""",
    "unit": """What a neuron does with its input t: relu max(t, 0), absolute, slopes (leaky),
gates (fixed masks, no cone), thresholds 1(t >= 0), or 1(t > 0) if open. (docs/guide/units.md)""",
    "polyhedron": """The set of the x with A x <= b (`facets`), C x = d (`equations`), or the
hull of `vertices`, `rays`, `lines`: `dim` is -1 if it is empty, `volume` null if it has no
bound or is flat. (docs/guide/polyhedra.md)""",
}

# what the theorems say, without their hypotheses
STATEMENTS = {
    "T1": "Strong duality: the least objective of every width m >= m* is that of the dual.",
    "T2": "κ is dual feasible iff the projection g of each tope and sign has |g| <= β.",
    "T3": "The optimal networks are the points of a polytope P, spread over their neurons.",
    "T4": "Those of independent features are the vertices of P: m* <= M* <= rank <= n.",
    "T5": "The hyperplane κ'z = β touches the rectified ellipsoid in the features of the atoms.",
    "T6": "P is a point iff no change of masses keeps the fit and leaves what is 0 nonnegative.",
    "T7.1": "m = m*: Θ_m is finite; it has m! times as many points as there are such vertices.",
    "T7.2": "m >= m* + 1: Θ_m has a component that is not a point.",
    "T7.3": "m = M*: Θ_m has an isolated point.",
    "T7.4": "m >= M* + 1: no point is isolated, a network is joined to its permutations.",
    "T7.5": "m >= min{m* + M*, n + 1}: Θ_m is connected; r_P + 1 serves for n + 1, too.",
    "T8": "Θ_m has m! N_m isolated points, N_m vertices of m atoms, and one more component for "
    "each of P_m that has a vertex of fewer.",
    "T9": "m >= M* + 1: Θ_m has as many components as P_m, and they do not increase with m.",
    "T10": "Two vertices are joined in P_m iff their bottleneck level is at most m: one tree.",
    "T11": "A path of optimal networks joins any two of one component; else levels part them.",
    "T12": "m >= n + 1: from any network a path that never rises leads to any optimum.",
    "T13": "The residual, scaled to be feasible, bounds the distance to the optimum: the gap.",
    "T14": "What it is for a network to be stationary: each neuron is balanced and tight.",
    "T15": "The Betti numbers of Θ_m follow from the faces of P and their supports.",
    "T16": "Below dimension m - r_P neither P_m nor Θ_m has a hole, but for dimension 0.",
    "T17": "No finite bar is longer than m*: m* more slots kill every hole.",
    "T18": "Θ_m up to the order of neurons retracts to P_m: the largest absorb the others.",
}
