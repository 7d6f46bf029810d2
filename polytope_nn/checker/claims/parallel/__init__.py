"""Three layers: many branches, each the ReLU of a two-layer network (proofs/three_layer.md).

In this order: ``leaves`` (no branch exceeds beta), ``pieces`` (the polytopes of optimal
branches), ``branches`` (a network that attains the value; whether two layers do as well; lines),
``cells`` and ``table`` (the counts in both widths, M*(k)).
"""
