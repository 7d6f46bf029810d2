"""Neurons in slots: files, membership in the optimal set, components, gaps."""
