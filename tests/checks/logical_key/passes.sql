INSERT INTO filing BY NAME SELECT unnest(['one', 'another']) AS filing_id;
INSERT INTO document BY NAME SELECT 'one' AS filing_id, unnest([2, 1, 3]) AS position;
INSERT INTO document BY NAME SELECT 'another' AS filing_id, 1 AS position;
INSERT INTO ownership_filing BY NAME SELECT 'one' AS filing_id;
