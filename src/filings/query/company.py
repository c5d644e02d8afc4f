"""Which company is meant: CIKs found by number, ticker, name, former name, and by the names in headers and indexes."""

from __future__ import annotations

from collections.abc import Sequence

from filings.errors import UsageError
from filings.identifiers import cik as canonical_cik
from filings.query.answer import Answer, rows_of, translated
from filings.query.compiled import duckdb

MOST = 200
"""Companies that are told; a search that finds more is too wide to be of use."""

_COLUMNS = ("cik", "name", "found_by", "found", "tickers", "former_names")

_FOUND = """(
WITH named AS (
    SELECT cik, name AS found, 'name' AS found_by, 2 AS rank FROM company
    UNION ALL SELECT cik, name, 'former name', 3 FROM company_former_name
    UNION ALL SELECT cik, conformed_name, 'header of a filing', 4 FROM filing_party
    UNION ALL SELECT cik, company_name, 'index', 5 FROM ops.index_entry
),
hit AS (
    SELECT DISTINCT * FROM named WHERE cik IS NOT NULL AND {contains}
    UNION ALL SELECT DISTINCT cik, found, 'cik', 0 FROM named WHERE cik = {number} AND found_by <> 'former name'
    UNION ALL SELECT cik, ticker, CASE WHEN gone_on IS NULL THEN 'ticker' ELSE 'former ticker' END,
                     CASE WHEN gone_on IS NULL THEN 1 ELSE 3 END
    FROM company_ticker WHERE upper(ticker) = {whole}
),
best AS (
    SELECT cik, arg_min(found, (rank, length(found), found)) AS found,
           arg_min(found_by, (rank, length(found), found)) AS found_by, min((rank, length(found), found)) AS likeliest
    FROM hit GROUP BY cik
)
SELECT cik, coalesce(c.name, CASE WHEN found_by NOT LIKE '%ticker' THEN found END) AS name, found_by, found,
       (SELECT string_agg(DISTINCT t.ticker, ', ' ORDER BY t.ticker) FROM company_ticker AS t
        WHERE t.cik = best.cik AND t.gone_on IS NULL) AS tickers,
       (SELECT string_agg(f.name, '; ' ORDER BY f.position) FROM company_former_name AS f WHERE f.cik = best.cik)
           AS former_names,
       likeliest
FROM best LEFT JOIN company AS c USING (cik)
) ORDER BY likeliest, cik LIMIT {most}"""


def find(connection: duckdb.DuckDBPyConnection, words: Sequence[str]) -> Answer:
    """The companies whose name, as it is or was, has all these words, or whose ticker or CIK they are; a row a CIK, the
    likeliest first.

    Raises UsageError where nothing is asked, or nothing found.
    """
    parts = [part for word in words for part in word.upper().split()]
    if not parts:
        raise UsageError("There is no name to look for.", "Example: filings company COLT")
    whole = " ".join(parts)
    contains = " AND ".join(f"contains(upper(found), {_quoted(part)})" for part in parts)
    asked = _FOUND.format(
        contains=contains,
        whole=_quoted(whole.removeprefix("$")),
        number=_quoted(canonical_cik(whole.removeprefix("CIK")) or ""),
        most=MOST,
    )
    rows = rows_of(connection, _COLUMNS, asked)
    if not rows:
        raise UsageError(
            f"No company here is or was called {' '.join(words)}.",
            "Names come from indexes, headers, ticker files and company data: filings index reads more of them.",
        )
    return Answer(
        list(_COLUMNS), ["text"] * len(_COLUMNS), iter([tuple(row[name] for name in _COLUMNS) for row in rows])
    )


def with_ticker(connection: duckdb.DuckDBPyConnection, ticker: str) -> list[str]:
    """The CIKs of the companies that have this ticker (in upper case) now; a class of shares may stand behind a point."""
    asked = "SELECT DISTINCT cik FROM company_ticker WHERE gone_on IS NULL AND upper(ticker) IN (?, ?)"
    with translated():
        rows = connection.execute(asked, [ticker, ticker.replace(".", "-")]).fetchall()
    return [row[0] for row in rows]


def with_tickers(connection: duckdb.DuckDBPyConnection, tickers: Sequence[str]) -> list[str]:
    """The CIKs of the companies that have these tickers now. Raises UsageError for one that nobody has."""
    ciks = []
    for ticker in tickers:
        found = with_ticker(connection, ticker)
        if not found:
            raise UsageError(
                f"no company has the ticker {ticker}", "Look for it with `filings company`, or give --cik."
            )
        ciks += found
    return ciks


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
