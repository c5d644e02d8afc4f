"""A small EDGAR on loopback: true paths, true headers, true limits, and trouble on demand. For tests, and for people.

python -m edgar --days 3 --filings 50        in the folder tests/, or `make edgar`
"""
