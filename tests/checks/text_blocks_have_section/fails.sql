-- finds: of no section | 1
-- finds: of another document | 1
INSERT INTO text_block BY NAME
SELECT 'of no section' AS filing_id, 1 AS position, 1 AS section_position, 1 AS document_position;
INSERT INTO section BY NAME SELECT 'of another document' AS filing_id, 1 AS position, 1 AS document_position;
INSERT INTO text_block BY NAME
SELECT 'of another document' AS filing_id, 1 AS position, 1 AS section_position, 2 AS document_position;
