"""What can go wrong, named in the field's words.

Every exception the package raises on purpose is a :class:`PolytopeError` and the builtin
a caller would expect. (:class:`~polytope_nn.certificate.check.Refuted` stands apart with
the checker, which imports nothing of ours.)
"""

__all__ = [
    "CallError",
    "DimensionError",
    "EmptyPolyhedronError",
    "InexactError",
    "InstanceError",
    "MissingEngineError",
    "NotAttained",
    "NotInterpolable",
    "NotOptimal",
    "PolytopeError",
    "RoutesDisagreeError",
    "TooMany",
    "UnboundedError",
    "Undecided",
]


class PolytopeError(Exception):
    """Base class of every deliberate error of the package."""


class CallError(PolytopeError, TypeError):
    """A method was called without what it needs, or with what it does not know."""


class InexactError(PolytopeError, TypeError):
    """A number with no exact rational value was given where one is required."""


class DimensionError(PolytopeError, ValueError):
    """Two shapes that must agree do not."""


class InstanceError(PolytopeError, ValueError):
    """An instance, network or file is not of the stated form."""


class EmptyPolyhedronError(PolytopeError, ValueError):
    """The polyhedron has no point, and the question asked needs one."""


class RoutesDisagreeError(PolytopeError, AssertionError):
    """Two routes to one answer gave two: a defect, here or in the other engine."""


class UnboundedError(PolytopeError, ValueError):
    """A polytope was required; the polyhedron has a ray or a line."""


class MissingEngineError(PolytopeError, ImportError):
    """An optional package that the question asks for is not installed."""


class NotAttained(PolytopeError, ValueError):  # noqa: N818 - the mathematics, not "Error"
    """The least objective is a limit that no network reaches; the message says why."""


class NotOptimal(PolytopeError, ValueError):  # noqa: N818 - the mathematics, not "Error"
    """The given dual variable or network is not optimal; the message says where."""


class NotInterpolable(PolytopeError, ValueError):  # noqa: N818 - as above
    """No network of any width fits the labels; the message shows the obstruction."""


class Undecided(PolytopeError, ArithmeticError):  # noqa: N818 - as above
    """A decision could not be proved; the message names it and what would help."""


class TooMany(Undecided):
    """There are more vertices than the limit to be listed: some, and what they prove, remain."""
