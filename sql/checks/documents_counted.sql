-- check: documents_counted
-- asks: does each filing have as many rows of document as it says it has?
-- level: error
-- table: filing
-- reads: filing, document
SELECT filing_id,
       NULL::INTEGER AS position,
       'document_count is ' || f.document_count || ', rows of document: ' || coalesce(d.found, 0) AS detail
FROM filing AS f
LEFT JOIN (SELECT filing_id, count(*) AS found FROM document GROUP BY filing_id) AS d USING (filing_id)
WHERE f.document_count <> coalesce(d.found, 0)
