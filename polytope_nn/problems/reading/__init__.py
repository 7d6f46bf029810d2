"""Instances and data as people have them, down to exact numbers or a refusal of one line.

Floors: arrays > archives, tables > fields, given; scaling stands apart.
"""
