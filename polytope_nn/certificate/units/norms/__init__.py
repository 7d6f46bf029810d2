"""The producer under polyhedral norms: cells, their pieces and rays, exactly and in balls."""
