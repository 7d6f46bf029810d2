"""Which entries of S a certificate of several outputs gives, and what proves that it may."""
