"""Certificates of problems with several outputs (proofs/vector.md).

``cell`` is what is left of a closed tope, ``leaves`` are the identities that close it, ``trees``
branches until all are closed, ``claims`` states what is proved. ``enclosures``, ``given``
and ``robust`` are for N in balls.
"""
