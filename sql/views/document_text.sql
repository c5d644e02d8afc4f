-- view: document_text
-- asks: What is the whole visible text of each document whose text is read?
-- reads: section_text
CREATE OR REPLACE VIEW document_text AS
SELECT filing_id, document_position, count(*) AS sections, sum(character_count)::BIGINT AS character_count,
       string_agg(text, chr(10) || chr(10) ORDER BY position) AS text, load_id
FROM section_text
GROUP BY filing_id, document_position, load_id;
