"""Claims about several outputs (proofs/vector.md): labels (n, c), directions g with h = N'(X g)_+.

``outputs`` is the instance, ``directions`` the tight set that is claimed, ``forms`` and
``faces`` prove that there is no other; ``standing``, ``ties``, ``sharing``, ``system`` and
``enclosed`` do where N is in intervals.
"""
