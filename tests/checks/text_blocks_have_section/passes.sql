INSERT INTO section BY NAME
SELECT 'two sections' AS filing_id, n AS position, n AS document_position FROM range(1, 3) AS r(n);
INSERT INTO text_block BY NAME
SELECT 'two sections' AS filing_id, n AS position, [1, 1, 2][n] AS section_position, [1, 1, 2][n] AS document_position
FROM range(1, 4) AS r(n);
