"""Networks with several outputs: finitely many atoms and a polytope, or a continuum (general §4).

Terminology
-----------
N
    The dual variable, shape (n, c): ``N = -grad L(fit)``; c is the number of outputs.
face
    A covector sigma of the arrangement of the rows, and the span of its positive rows
    projected on its linear hull: what an optimal direction on it lies in, whatever N is.
form
    ``H = M M'`` of a face, ``|N'(Xu)_+|^2 = u'Hu`` on it; N is feasible when ``beta^2 |u|^2``
    is never smaller.
kernel
    ``{u : H u = beta^2 u}`` on a face that it meets: a line, an atom; a plane or more, a
    continuum of optimal directions.
lifted
    ``S = sum_j t_j u_j u_j'`` of the neurons of a continuum: all that the fit sees of them.

Floors: descent > paths, gap > polytope, network > finding > search > verified > optimum > lifted >
oracle > problem > faces; ``reading`` knows instances.
"""
