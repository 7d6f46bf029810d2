"""Three-layer networks: ``network`` is what they are, ``roads`` joins two optimal ones."""
