"""From values to claims and witnesses: the producer of certificates, and their format."""
