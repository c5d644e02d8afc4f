"""`python -m filings` is `filings`."""

from filings.command.app import main

main()
