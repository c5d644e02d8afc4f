-- view: section_text
-- asks: What does each section of each document say, put together again from its blocks?
-- reads: section, text_block
CREATE OR REPLACE VIEW section_text AS
SELECT s.filing_id, s.position, s.document_position, s.level, s.kind, s.item, s.heading, s.character_count,
       string_agg(b.text, '' ORDER BY b.position) AS text, s.start_byte, s.end_byte, s.load_id
FROM section AS s
JOIN text_block AS b
  ON b.load_id = s.load_id AND b.filing_id = s.filing_id AND b.section_position = s.position
GROUP BY ALL;
