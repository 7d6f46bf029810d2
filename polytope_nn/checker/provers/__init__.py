"""From claims to what proves them, one prover a claim; :mod:`..kinds` has the tables.

Reading order: proof, widths, boxes, branches, several.
"""
