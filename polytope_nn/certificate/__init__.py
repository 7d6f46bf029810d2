"""Certificates: who finds (``certify``) is not who checks (``check``)."""
