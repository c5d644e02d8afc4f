"""SEC EDGAR filings as DuckDB tables: complete, faithful to the byte, loaded exactly once."""

__version__ = "0.1.0"
