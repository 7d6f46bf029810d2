"""What a word of the output means, in a few lines, and where it is proved."""

__all__ = ["WORDS"]

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
bound min{m* + M*, r + 1} is proved for every instance. (proofs/T7.5.md)""",
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
}
