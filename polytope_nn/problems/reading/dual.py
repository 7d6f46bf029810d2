"""A kappa that is given: rational numbers, or those of one number field."""

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.field import Algebraic, FieldError, of_one_field
from polytope_nn.exact.scalar import Scalars

from .fields import vector_field

__all__ = ["dual_field"]


def dual_field(fields: dict[str, object], source: str, n: int) -> Scalars | None:
    """Return kappa: n numbers, rational ones or of a number field, as ``--json`` writes them."""
    entries = fields.get("kappa")
    if not isinstance(entries, list) or not any(isinstance(x, dict) for x in entries):
        return vector_field(fields, "kappa", source, n)
    plain = [0 if isinstance(x, dict) else x for x in entries]
    numbers = vector_field({"kappa": plain}, "kappa", source, n) or ()
    places = [f"{source}: kappa, entry {k}" for k in range(1, n + 1)]
    rows = zip(entries, numbers, places, strict=True)
    found = [_of_field(x, at) if isinstance(x, dict) else t for x, t, at in rows]
    try:
        return of_one_field(found)
    except InexactError as error:
        raise InstanceError(f"{source}: kappa: {error}") from None


def _of_field(given: dict[str, object], where: str) -> Algebraic:
    """Return an element of a number field, from what ``--json`` writes of it."""
    if {"lower", "upper"} <= set(given):
        raise InstanceError(
            f"{where}: a ball, and only exact numbers can be verified: leave kappa out, then "
            f"it is found"
        )
    try:
        return Algebraic.from_json({k: x for k, x in given.items() if k != "value_float"})
    except (FieldError, InexactError) as error:
        raise InstanceError(
            f"{where}: {error}: write it as certify --json does, or leave kappa out"
        ) from None
