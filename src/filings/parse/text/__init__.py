"""The visible text of a document as lines that know their bytes (form-6k-cover.md 3)."""
