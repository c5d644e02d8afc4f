"""Sections and text blocks, the same for every form: headings by default and by Form 8-K's items (tables.md 6.2)."""
