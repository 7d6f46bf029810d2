"""Certificates about any networks: roads between them, and their gaps."""
