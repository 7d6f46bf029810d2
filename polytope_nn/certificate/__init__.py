"""Certificates: the format, the producer, and the checkers that trust neither."""
