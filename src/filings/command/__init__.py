"""The `filings` command."""
