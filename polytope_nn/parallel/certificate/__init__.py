"""Certificates of three layers: ``leaves``, ``choices``, ``cells``, put together in ``certify``."""
