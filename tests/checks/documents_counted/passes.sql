INSERT INTO filing BY NAME SELECT 'two documents' AS filing_id, 2 AS document_count;
INSERT INTO document BY NAME SELECT 'two documents' AS filing_id, unnest([1, 2]) AS position;
INSERT INTO filing BY NAME SELECT 'a header alone' AS filing_id, 0 AS document_count;
