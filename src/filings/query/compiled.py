"""DuckDB for reading: its compiled module, without the package around it.

The package adds relations and expressions written in Python, which reading needs none of; importing it takes three
times as long as the compiled module (0.10 s of the 0.4 s of a `filings show`, measured 2026-11-27 with DuckDB 2.0.0). The
classes are the same ones. Where a release of DuckDB names the module otherwise, the package serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
else:
    try:
        import _duckdb as duckdb
    except ImportError:
        import duckdb

__all__ = ["duckdb"]
