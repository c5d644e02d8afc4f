-- macro: mentions_by_month
-- asks: In which month does how many filings say what a regular expression describes, boilerplate left out?
-- reads: filing, report_6k, search_pattern
-- The month is that of the release's date, else of the filing date, else of the period on a bare cover. Sections of
-- forward-looking statements do not count: the same words stand there whatever the news.
CREATE OR REPLACE MACRO mentions_by_month(pattern, form := NULL, since := NULL, until := NULL) AS TABLE
WITH said AS (
    SELECT DISTINCT filing_id
    FROM search_pattern(pattern, form := form, since := since, until := until)
    WHERE kind <> 'forward_looking_statements'
), dated AS (
    SELECT s.filing_id, date_trunc('month', coalesce(min(r.release_date_on), any_value(f.filed_on), min(r.period_end_on)))::DATE AS month
    FROM said AS s
    JOIN filing AS f USING (filing_id)
    LEFT JOIN report_6k AS r USING (filing_id)
    GROUP BY ALL
)
SELECT month, count(*) AS filings, list(filing_id ORDER BY filing_id) AS filing_ids
FROM dated
GROUP BY ALL
ORDER BY month;
