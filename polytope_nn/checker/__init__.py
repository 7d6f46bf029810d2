"""The checker: accepts a certificate, or says where it is wrong and why.

Standard library only, ``int`` and ``Fraction`` only; it imports nothing of the package
around it and runs alone, as ``checker.pyz``, for every kind. Who finds is not who checks:
no derived number is trusted, and every requirement is a ``require``.

To be read in this order (``docs/trusted.md`` says which files a kind needs, as measured); all
but ``lift`` and the three beside it is trusted:

* ``kernel/reading`` (types, ranges, limits), ``isolation`` and ``numbers`` (fields),
  ``primitives`` (the six claims that everything rests on), ``roots``;
* ``rows`` (the table: a kind is a row of claims; the words of the two formats);
* ``claims/losses``, ``instance``, ``dual``, ``polytope``, ``staircase``: the optimum, its set,
  its staircase; ``lifted``: these for any loss; ``problem/units``, ``units/``: for other
  neurons; then ``networks``, ``objectives``, ``functions``, ``holes``;
* ``kernel/intervals``, ``claims/system/``, ``identities``, ``boxes/``: the same where numbers are
  known in intervals; ``kernel/logarithms``, ``problem/curves``, ``pieces/``: these for any loss;
  ``listed/``: for gates, blocks and patterns;
* ``cells/``: polyhedral norms, their rays and slot complex; ``cones/``: without patterns;
* ``vector/``: several outputs; ``parallel/``: three layers;
* ``provers/`` (from a claim to what proves it), ``kinds``, ``command`` (the command line).
"""
