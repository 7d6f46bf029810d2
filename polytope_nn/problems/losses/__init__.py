"""What a fit costs: losses that are sums over the samples (general §§1, 3).

Terminology
-----------
graph
    Of one sample: the monotone curve of all (z, kappa) with ``-kappa`` in the subdifferential
    of the loss at z. As z rises kappa never does.
interval
    ``Z(kappa) = [l, u]``, the fits that belong to a kappa: all that the optimal set and the
    checker know of a loss.

Floors: kinds > separable > graphs, smooth > quadratic. The squared loss and labels that are
fitted exactly have classes of their own, because a search knows their equations.
"""

from .quadratic import ExactFit, SquaredLoss
from .separable import Interval, Loss, SeparableLoss, rows_of

__all__ = ["ExactFit", "Interval", "Loss", "SeparableLoss", "SquaredLoss", "rows_of"]
