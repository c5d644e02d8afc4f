"""Form 6-K, read from words: each module one idea, each rule one function with the number of its page.

Importing it registers its tables, as importing any family does.
"""

from filings.forms.form_6k import tables

__all__ = ["tables"]
