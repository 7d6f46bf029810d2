"""Networks joined by lines: inside the optimal set (T11), and down to it (T12).

Terminology
-----------
route
    The search: placements, consecutive ones of which disagree in no slot.
path
    The answer: breakpoints, joined by lines on which every slot keeps its ray.
separation
    The other answer: two parts of the vertices, every level between them above m.
descent
    A path along which the objective never rises, from any network to an optimum.

optima
    Where descents end: the optimal mixtures that networks attain.

Floors: connection > descent > approach, starts > mixtures > optima > route, and
path > breakpoints > route; zero_loss stands apart.
"""
