"""Reading a snapshot: the part that people import."""
