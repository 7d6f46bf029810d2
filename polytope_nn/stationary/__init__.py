"""All stationary networks of a width (THEORY T14, T19).

Terminology. A *block* is a face of the arrangement with a sign; a network's *block set* is
that of its neurons, those of one block merged. The *face program* of a block set T is the
convex problem whose neurons stay in the spans of the faces; its fit, hence its dual variable
``kappa_T``, is unique. A block set is *excluded* when the program's solution is proved to be no
stationary network with just these blocks.

Floor plan: ``blocks`` (faces, signs and what stationarity asks there), ``biases`` (blocks of a
free bias, where the biases of their neurons may be, proofs that they are nowhere), ``compatible``
(blocks that are possible alone), ``classes`` (blocks with one kappa, solved once; which of their
sets need not be), ``guess`` (face programs in floats, all at once), ``excluded`` (proofs that a set
has no stationary network), ``equations`` (kappa_T, exactly or in balls), ``members``
and ``hulls`` (the networks of a set), ``optima`` (the global ones), ``kinds`` (global, local,
saddle), ``comparing`` (numbers of different kinds), ``points`` (the list), ``descents`` (where
descents end).
"""
