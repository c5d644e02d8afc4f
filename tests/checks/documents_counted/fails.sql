-- finds: one is missing | NULL
-- finds: one too many | NULL
-- finds: none at all | NULL
-- finds: not announced | NULL
INSERT INTO filing BY NAME SELECT 'one is missing' AS filing_id, 3 AS document_count;
INSERT INTO document BY NAME SELECT 'one is missing' AS filing_id, unnest([1, 2]) AS position;
INSERT INTO filing BY NAME SELECT 'one too many' AS filing_id, 1 AS document_count;
INSERT INTO document BY NAME SELECT 'one too many' AS filing_id, unnest([1, 2]) AS position;
INSERT INTO filing BY NAME SELECT 'none at all' AS filing_id, 1 AS document_count;
INSERT INTO filing BY NAME SELECT 'not announced' AS filing_id, 0 AS document_count;
INSERT INTO document BY NAME SELECT 'not announced' AS filing_id, 1 AS position;
