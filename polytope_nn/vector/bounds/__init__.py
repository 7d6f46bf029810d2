"""Dual points of several outputs where faces are too many to list: climbed to, proved by cuts.

Floors: near > largest > cuts > climbs.
"""
