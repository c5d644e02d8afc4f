-- view: listed_filing
-- asks: Which filings do the indexes of EDGAR list, and what became of each?
-- reads: filing
--
-- One row for each accession number, under each date and form that a standing line of an index states for it. The date is
-- the day that the index calls filed: a line that came late, and a letter that was released months later, stand under their
-- old date, so an old day may get more filings at any time. A line that vanished from its index counts no more, unless
-- another index still has it. The form is the index's; a master index has it whole, other daily indexes cut it off.
--
-- state: loaded (its rows are here, read by a family or not); quarantined (damaged, with a reason in ops.ingest_log);
-- pending (nothing of it was loaded yet); missing (the ledger says loaded, but its row is gone: filings verify tells more).
CREATE OR REPLACE VIEW listed_filing AS
SELECT l.filed_on AS date, l.form_type AS form, l.accession_number,
       CASE WHEN count(g.filing_id) = 0 THEN 'pending'
            WHEN bool_or(g.status = 'quarantined') THEN 'quarantined'
            WHEN count(f.filing_id) = 0 THEN 'missing'
            ELSE 'loaded' END AS state,
       coalesce(bool_or(g.status = 'superseded'), false) AS has_superseded
FROM (
    SELECT DISTINCT filed_on, form_type, accession_number FROM ops.index_entry WHERE gone_index_file_id IS NULL
) AS l
LEFT JOIN ops.ingest_log AS g ON g.filing_id = l.accession_number
LEFT JOIN filing AS f ON f.filing_id = l.accession_number
GROUP BY l.filed_on, l.form_type, l.accession_number;
