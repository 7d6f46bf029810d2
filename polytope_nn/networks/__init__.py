"""Neurons in slots: networks, their files, membership, components, gaps.

Terminology
-----------
slot
    A place for a neuron, empty or not; the width is their number, and order counts.
balanced
    ``|alpha| = |w|``; such a neuron is its sign and ``u = |alpha| w``.
placement
    The atom and mass each slot holds; the masses of an atom add up to its weight in P.
gap
    Primal less dual value: a proved bound on how far from the optimum a network is.

Floors: closest, components, distance, nearest, stationary > labels > masses > membership >
enclosed > gap > network > reading > neuron. A network lies above its readers: they return
its parts.
"""
