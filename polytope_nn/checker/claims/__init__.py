"""The claims of certificates, and what proves them."""
