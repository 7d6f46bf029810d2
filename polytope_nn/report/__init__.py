"""Reads values, computes nothing: text, figure, latex."""
