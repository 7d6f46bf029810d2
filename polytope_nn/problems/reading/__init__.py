"""Instances and data as people have them: JSON, tables, arrays, frames, down to exact numbers."""
