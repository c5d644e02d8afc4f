"""The page of completeness: one HTML file that says whether all is here, for people who will not open a terminal."""
