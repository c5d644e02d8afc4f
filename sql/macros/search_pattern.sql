-- macro: search_pattern
-- asks: Where does a regular expression match the text, of which forms, filed between which days?
-- reads: filing, section, text_block
-- Forms and days are looked at first: only the blocks of those filings are unpacked. What a border of two blocks cuts is
-- found by a second look at the end of the one with the beginning of the other, 2,000 characters each.
CREATE OR REPLACE MACRO search_pattern(pattern, form := NULL, since := NULL, until := NULL) AS TABLE
WITH chosen AS (
    SELECT filing_id, load_id, form_type, filed_on
    FROM filing
    WHERE (form IS NULL OR form_type = form OR form_type = form || '/A')
      AND (since IS NULL OR filed_on >= since::DATE) AND (until IS NULL OR filed_on <= until::DATE)
), looked AS NOT MATERIALIZED (
    SELECT c.load_id, c.filing_id, b.section_position, b.position,
           -- The condition is always true; it keeps the search above the join, so that the blocks of others stay packed.
           CASE WHEN b.load_id = c.load_id THEN b.text END AS text
    FROM chosen AS c
    JOIN text_block AS b ON b.load_id = c.load_id AND b.filing_id = c.filing_id
), cut AS (
    SELECT b.load_id, b.filing_id, b.section_position
    FROM chosen AS c
    JOIN text_block AS b ON b.load_id = c.load_id AND b.filing_id = c.filing_id
    GROUP BY ALL
    HAVING count(*) > 1
), bordered AS (
    SELECT b.load_id, b.filing_id, b.section_position, b.position, right(b.text, 2000) AS ending, left(n.text, 2000) AS beginning
    FROM cut AS c
    JOIN text_block AS b
      ON b.load_id = c.load_id AND b.filing_id = c.filing_id AND b.section_position = c.section_position
    JOIN text_block AS n
      ON n.load_id = c.load_id AND n.filing_id = c.filing_id AND n.section_position = c.section_position
     AND n.position = b.position + 1
), found AS (
    SELECT load_id, filing_id, section_position, position, len(regexp_extract_all(text, pattern)) AS matches,
           coalesce(nullif(regexp_extract(text, '(?s)(?:^|\s).{0,80}(?:' || pattern || ').{0,120}(?:\s|$)'), ''),
                    regexp_extract(text, pattern)) AS excerpt
    FROM looked
    WHERE regexp_matches(text, pattern)
    UNION ALL
    SELECT load_id, filing_id, section_position, position, 1,
           coalesce(nullif(regexp_extract(ending || beginning, '(?s)(?:^|\s).{0,80}(?:' || pattern || ').{0,120}(?:\s|$)'), ''),
                    regexp_extract(ending || beginning, pattern))
    FROM bordered
    WHERE len(regexp_extract_all(ending || beginning, pattern))
        > len(regexp_extract_all(ending, pattern)) + len(regexp_extract_all(beginning, pattern))
)
SELECT f.filing_id, c.form_type, c.filed_on, s.document_position, f.section_position, s.kind, s.item, s.heading,
       f.position AS block_position, f.matches, regexp_replace(trim(f.excerpt), '\s+', ' ', 'g') AS excerpt
FROM found AS f
JOIN chosen AS c ON c.load_id = f.load_id AND c.filing_id = f.filing_id
JOIN section AS s ON s.load_id = f.load_id AND s.filing_id = f.filing_id AND s.position = f.section_position;
