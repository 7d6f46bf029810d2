"""The checker: accepts a certificate, or says where it is wrong and why.

Standard library only, ``int`` and ``Fraction`` only; it imports nothing of the package
around it and runs alone, as ``checker.pyz``, for every kind. Who finds is not who checks:
no derived number is trusted, and every requirement is a ``require``.

To be read in this order (``docs/trusted.md`` says which files a kind needs, as measured); all
but ``lift`` and the two beside it is trusted:

* ``kernel/reading`` (types, ranges, limits), ``isolation`` and ``numbers`` (fields),
  ``primitives`` (the six claims that everything rests on), ``roots``;
* ``rows`` (what is written: a row of claims for each kind; the words of the two formats);
* ``claims/problem/`` (neurons, losses), ``instance``, ``dual``, ``polytope``, ``staircase``: the
  optimum, its set, its staircase; ``lifted``: these for any loss; ``blocks``: for other
  neurons; then ``networks``, ``objectives``, ``functions``, ``holes``;
* ``kernel/intervals``, ``claims/system/``, ``boxes/``: the same where numbers are
  known in intervals; ``problem/curves``, ``pieces/``: these for any loss; ``listed/``: for
  gates, blocks and patterns;
* ``cells/``: polyhedral norms, their rays and slot complex; ``cones/``: without patterns;
* ``vector/``: several outputs; ``parallel/``: three layers;
* ``provers/`` (from a claim to what proves it), ``kinds`` (the loop over a row), ``command``.
"""
