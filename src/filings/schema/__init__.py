"""Tables and columns: their types, their meaning, and where each value stands."""
