"""The loss of n c entries that a word means, or its refusal by name (general §3)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.problems.losses import Loss
from polytope_nn.problems.losses.kinds import SIGNED, loss_of
from polytope_nn.wording import plural, shown

__all__ = ["SOFTMAX", "entry_loss", "kind_given", "require_one_hot"]

SOFTMAX = "softmax"


def kind_given(loss: object) -> object:
    """Return the word of a loss, or what stands in its place.

    >>> kind_given({"kind": "huber", "delta": 1})
    'huber'
    """
    return loss.get("kind") if isinstance(loss, Mapping) else loss


def entry_loss(loss: object, Y: Matrix, weights: Vector) -> Loss:
    """Return the loss of the entries of Y, shape (n, c), row after row.

    Weights and parameters of n numbers hold for each entry of their row. Softmax is the Poisson
    loss with a constant for each row that costs nothing: ``ln sum_j e^(z_j) = min_t sum_j
    e^(z_j - t) + t - 1``.

    Raises
    ------
    InstanceError
        For losses of labels 1 and -1, unknown ones, and parameters or labels that are none.

    Examples
    --------
    >>> one = Fraction(1)
    >>> entry_loss("absolute", ((one, 2 * one),), (one,)).interval((one, Fraction(0)))
    ((None, Fraction(1, 1)), (Fraction(2, 1), Fraction(2, 1)))
    """
    word, c = kind_given(loss), len(Y[0])
    if isinstance(word, str) and word in SIGNED:
        raise InstanceError(
            f"loss: {shown(word)} has labels 1 and -1, one a sample: it does not go with y of "
            f"several outputs"
        )
    y = tuple(t for row in Y for t in row)
    every = tuple(w for w in weights for _ in range(c))
    if word != SOFTMAX:
        return loss_of(_repeated(loss, len(Y), c), y, every)
    for key in loss if isinstance(loss, Mapping) else ():
        if key != "kind":
            raise InstanceError(f"loss softmax: {key} is no parameter of it: it has none")
    require_one_hot(Y)
    return loss_of("poisson", y, every)


def _repeated(loss: object, n: int, c: int) -> object:
    """Return a loss whose parameters of n numbers are repeated for each output."""
    if not isinstance(loss, Mapping):
        return loss
    found: dict[str, object] = {}
    for key, given in loss.items():
        if isinstance(given, Sequence) and not isinstance(given, str):
            if len(given) != n:
                raise DimensionError(
                    f"loss {loss.get('kind')}: {key} has {plural(len(given), 'entry')} for "
                    f"{plural(n, 'row')} of X: give one number for all rows, or a list of {n}"
                )
            found[key] = [t for t in given for _ in range(c)]
        else:
            found[key] = given
    return found


def require_one_hot(Y: Matrix) -> None:
    """Refuse rows that are not a 1 among zeros, by their place."""
    for k, row in enumerate(Y, 1):
        if sorted(row) != [Fraction(0)] * (len(row) - 1) + [Fraction(1)]:
            shown = ", ".join(map(exactly_shown, row))
            raise InstanceError(
                f"y, row {k}: ({shown}) is no one-hot row: the softmax loss takes a 1 among "
                f"zeros"
            )


def exactly_shown(t: Fraction) -> str:
    """Return a label in words."""
    return str(exactly(t))
