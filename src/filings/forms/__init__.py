"""Form families as declarations, and the engine that runs them."""
