-- view: completeness
-- asks: How many of the filings that EDGAR's indexes list are here, by day and form?
-- reads: listed_filing, filing
--
-- listed = loaded + quarantined + pending + missing, as in listed_filing. superseded counts the listed filings of which a
-- further version is kept that does not stand; it is no part of the sum. extra counts filings that are here and that no
-- standing line of an index lists: withdrawn since, or of a day whose index was not read. They stand under their own date
-- and form, and are no fault.
CREATE OR REPLACE VIEW completeness AS
SELECT date, form, sum(listed)::BIGINT AS listed, sum(loaded)::BIGINT AS loaded, sum(superseded)::BIGINT AS superseded,
       sum(pending)::BIGINT AS pending, sum(quarantined)::BIGINT AS quarantined, sum(missing)::BIGINT AS missing,
       sum(extra)::BIGINT AS extra
FROM (
    SELECT date, form, count(*) AS listed, count_if(state = 'loaded') AS loaded, count_if(has_superseded) AS superseded,
           count_if(state = 'pending') AS pending, count_if(state = 'quarantined') AS quarantined,
           count_if(state = 'missing') AS missing, 0 AS extra
    FROM listed_filing GROUP BY date, form
    UNION ALL
    SELECT filed_on, form_type, 0, 0, 0, 0, 0, 0, count(*)
    FROM (
        -- a join and a count, so that the few filings of a span are hashed, and not the lines of all indexes
        SELECT f.filed_on, f.form_type, f.filing_id
        FROM filing AS f
        LEFT JOIN ops.index_entry AS e ON e.accession_number = f.filing_id AND e.gone_index_file_id IS NULL
        WHERE f.accession_number IS NOT NULL
        GROUP BY f.filed_on, f.form_type, f.filing_id
        HAVING count(e.accession_number) = 0
    )
    GROUP BY filed_on, form_type
)
GROUP BY date, form;
