"""Certificates where vertices are too many to be listed: some points of P, and what they prove."""
