"""Which fields of an instance make it another model than one output of two layers."""

from polytope_nn.errors import InstanceError

from .fields import kind

__all__ = ["extended", "unread"]

_EXTENSIONS = ("activation", "gates", "penalty", "layers", "inner_width", "regulariser")


def extended(
    fields: dict[str, object], source: str
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the fields of a plain problem, and those that make it another model."""
    if "free" in fields:
        raise InstanceError(
            f"{source}: free: belongs to a group LASSO (blocks): write skip, or take it out"
        )
    fields = {k: _of_one(v) if k in {"y", "kappa"} else v for k, v in fields.items()}
    labels = fields.get("y")
    taken = [key for key in _EXTENSIONS if key in fields]
    longer = [row for row in _rows(labels) if isinstance(row, list) and len(row) != 1]
    if longer or isinstance(next(iter(_rows(labels)), None), list):
        taken += [key for key in ("y", "kappa") if key in fields]
    plain = {key: value for key, value in fields.items() if key not in taken}
    return plain, {key: fields[key] for key in taken}


def _rows(labels: object) -> list[object]:
    return labels if isinstance(labels, list) else []


def _of_one(rows: object) -> object:
    """Return rows of one entry as a plain list: y with one output is read as scalar."""
    if isinstance(rows, list) and all(isinstance(r, list) and len(r) == 1 for r in rows):
        return [row[0] for row in rows]
    return rows


def unread(key: str, value: object) -> str:
    """Return why a field of another model is refused, and the cure."""
    if key == "layers":
        return f"{kind(value)} layers are not known: write 2 or 3"
    if key in {"inner_width", "regulariser"}:
        return 'belongs to three layers: write "layers": 3, or take it out'
    return "is not read for this problem"
