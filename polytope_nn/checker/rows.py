"""The kinds: a row of claims each, and what each claim rests on."""

OPTIMUM = ("patterns", "dual", "optimum")
SHAPE = (
    *(*OPTIMUM, "atoms", "vertices", "dimension"),
    *("widths", "components", "threshold", "theorems"),
)
WHOLE = (*SHAPE, "uniqueness")
UNLISTED = (*OPTIMUM, "atoms", "some", "dimension", "bounds")
ROWS_1: dict[str, tuple[str, ...]] = {  # format 1; those of free problems, and the others
    "staircase": SHAPE,
    "interval": SHAPE,
    "separation": (*SHAPE, "separation"),
    "path": (*OPTIMUM, "path"),
    "descent": (*OPTIMUM, "descent"),
    "gap": ("patterns", "dual", "gap"),
    "holes": (*SHAPE, "holes"),
    "free": WHOLE,
    "free_path": (*OPTIMUM, "path"),
    "free_separation": (*WHOLE, "separation"),
    "free_unlisted": UNLISTED,
}
GENERAL = (
    *("patterns", "dual", "intervals", "atoms", "lifted", "dimension"),
    *("widths", "components", "threshold", "theorems"),
)
CELLS = ("patterns", "dual", "intervals", "rays", "cells", "lifted")
OUTPUTS = (*OPTIMUM, "atoms", "rank_bound")
OF_A_BOX = ("patterns", "dual", "intervals", "atoms", "rank_bound")  # of fits
ROWS_2: dict[str, tuple[str, ...]] = {
    "general": GENERAL,
    "normed": ("patterns", "dual", "intervals", "solution", "joined"),
    "cells": (*CELLS, "slots"),
    "lasso_cells": (*CELLS, "parts"),
    "enclosed": SHAPE,  # any loss, in intervals
    "listed_enclosed": SHAPE,  # of gates and patterns
    "lasso_enclosed": SHAPE[:8],
    "cells_enclosed": (*OPTIMUM, "rays", "cells", "vertices", "slots"),
    "lasso_cells_enclosed": (*OPTIMUM, "rays", "cells", "vertices", "parts"),
    "vector": (*OUTPUTS, *SHAPE[4:]),
    "continuum": (*OUTPUTS, "continua", "network", "connected"),
    "vector_enclosed": ("patterns", "enclosed", *SHAPE[6:]),
    "continuum_enclosed": ("patterns", "enclosed", "spanned"),
    "vector_pieces": ("patterns", "standing", "enclosed", *SHAPE[6:]),
    "vector_tied": (
        *("patterns", "standing", "enclosed"),
        *("vertices", "dimension", *SHAPE[6:]),
    ),
    "vector_paired": ("patterns", "standing", "enclosed", "paired", "spanned"),
    "continuum_pieces": ("patterns", "standing", "enclosed", "spanned"),
    "vector_general": (*OF_A_BOX, *GENERAL[4:]),
    "continuum_general": (*OF_A_BOX, "continua", "fitted", "network", "connected"),
    "lasso": GENERAL[:8],  # solutions are no networks: widths of P alone
    "staircase": WHOLE,
    "holes": (*WHOLE, "holes"),
    "separation": (*WHOLE, "separation"),
    "path": (*OPTIMUM, "path"),
    "descent": (*OPTIMUM, "descent"),
    "gap": ("patterns", "dual", "gap"),
    "unlisted": UNLISTED,
    "cones": SHAPE[1:],  # dual feasibility without patterns
    "signs": SHAPE[1:],
    "cones_holes": (*SHAPE[1:], "holes"),
    "signs_holes": (*SHAPE[1:], "holes"),
    "cones_unlisted": UNLISTED[1:],
    "signs_unlisted": UNLISTED[1:],
    "cones_gap": ("dual", "gap"),
    "cones_road": ("dual", "road"),
    "general_unlisted": (
        *("patterns", "dual", "intervals", "atoms"),
        *("some_lifted", "dimension", "bounds"),
    ),
    "road": ("patterns", "dual", "road"),
    "vector_road": ("patterns", "dual", "atoms", "continua", "road"),
    "vector_gap": ("patterns", "dual", "atoms", "continua", "gap"),
    "parallel": (*OPTIMUM, "atoms", "attained", "pieces", "table", "depth"),
    "parallel_gap": ("patterns", "dual", "gap", "depth"),
    "parallel_enclosed": ("patterns", "dual", "optimum", "atoms", "depth"),
    "parallel_path": (*OPTIMUM, "atoms", "branch_path"),
    "parallel_enclosed_path": (*OPTIMUM, "atoms", "branch_path"),
}
ADDED = ("walk", "apart")  # claims that may follow those of a kind with points of P
THRESHOLDS = ("threshold", "threshold_open")
DEEP = {
    "parallel",
    "parallel_gap",
    "parallel_enclosed",
    "parallel_path",
    "parallel_enclosed_path",
}  # kinds of three layers
BOXED = {  # kinds whose numbers may be intervals
    *("interval", "free", "staircase", "holes", "enclosed"),
    *("free_unlisted", "unlisted"),
    *("cones", "cones_holes", "cones_unlisted"),
    *("listed_enclosed", "lasso_enclosed"),
    *("parallel_enclosed", "parallel_enclosed_path"),
    *("cells_enclosed", "lasso_cells_enclosed"),
}
TIED = {  # of listed atoms or rays, in intervals: the neurons
    "listed_enclosed": {"gates", "slopes", *THRESHOLDS},
    "lasso_enclosed": {"blocks"},
    "cells_enclosed": {"normed"},
    "lasso_cells_enclosed": {"blocks"},
}
SEVERAL = {  # kinds with several outputs
    *("vector", "continuum", "vector_enclosed", "continuum_enclosed"),
    *("vector_general", "continuum_general", "vector_pieces", "continuum_pieces"),
    *("vector_tied", "vector_paired"),
    *("vector_road", "vector_gap"),
}
ANY_FITS = {  # kinds that say which fits belong to kappa
    *("general", "general_unlisted", "vector_general", "continuum_general"),
}
# kinds that say where entries stand
ANY_PIECES = {"vector_pieces", "continuum_pieces", "vector_tied", "vector_paired"}
ANY_LOSS = {
    "gap",
    "road",
    "vector_road",
    "vector_gap",
    "cones_gap",
    "cones_road",
}  # kinds that ask of a loss its values alone
PLANTED = ANY_FITS - {"general_unlisted"} | {
    "lasso",
    "cells",
    "lasso_cells",
}  # with logarithms
WITNESS = {  # what a claim rests on
    "patterns": "patterns",
    "dual": "dual",
    "vertices": "cover",
    "dimension": "rank",
    "components": "components",
    "uniqueness": "differ",
    "lifted": "cover lifted",
    "cells": "cells",
    "slots": "rank",
    "parts": "rank",
    "some": "idle",
    "some_lifted": "idle lifted",
    "bounds": "longest",
    "pieces": "pieces",
    "table": "table",
    "depth": "depth",
    "rank_bound": "outputs",
    "connected": "rank",
    "enclosed": "dual system",
    "paired": "pairs",
}
BOXES = "faces free centre radius inverse"


def added(kind: str) -> tuple[str, ...]:
    """Return the claims of which one may follow those of a kind, in format 2.

    Of some points of P it is a walk; that none leads on is known of all of them. Cells, a
    continuum and solutions of a group LASSO have no labels.
    """
    row = set(ROWS_2[kind])
    if kind.startswith("lasso") or row & {"spanned", "slots"}:
        return ()
    if row & {"vertices", "lifted", "enclosed"}:
        return ADDED
    return ADDED[:1] if row & {"some", "some_lifted"} else ()
