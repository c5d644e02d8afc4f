-- check: rows_have_filing
-- asks: does each document, party and ownership row belong to a filing that stands?
-- level: error
-- table: filing
-- reads: filing, document, filing_party, ownership_filing, ownership_transaction, ownership_holding
SELECT filing_id, NULL::INTEGER AS position, 'rows in ' || table_name || ' without a row of filing' AS detail
FROM (
    SELECT DISTINCT filing_id, 'document' AS table_name FROM document
    UNION ALL SELECT DISTINCT filing_id, 'filing_party' FROM filing_party
    UNION ALL SELECT DISTINCT filing_id, 'ownership_filing' FROM ownership_filing
    UNION ALL SELECT DISTINCT filing_id, 'ownership_transaction' FROM ownership_transaction
    UNION ALL SELECT DISTINCT filing_id, 'ownership_holding' FROM ownership_holding
) AS child
ANTI JOIN filing USING (filing_id)
