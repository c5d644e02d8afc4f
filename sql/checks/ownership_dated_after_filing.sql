-- check: ownership_dated_after_filing
-- asks: which transactions are dated later than the day they were filed?
-- level: warning
-- table: ownership_transaction
-- reads: filing, ownership_transaction
SELECT filing_id, t.position, 'dated ' || t.transaction_date || ', filed ' || f.filed_on AS detail
FROM ownership_transaction AS t
JOIN filing AS f USING (filing_id)
WHERE t.transaction_date > f.filed_on
