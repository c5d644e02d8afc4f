INSERT INTO filing BY NAME SELECT unnest(['whole', 'a header alone']) AS filing_id;
INSERT INTO document BY NAME SELECT 'whole' AS filing_id, 1 AS position;
INSERT INTO filing_party BY NAME SELECT 'whole' AS filing_id, 1 AS position;
INSERT INTO ownership_filing BY NAME SELECT 'whole' AS filing_id;
INSERT INTO ownership_transaction BY NAME SELECT 'whole' AS filing_id, 1 AS position;
INSERT INTO ownership_holding BY NAME SELECT 'whole' AS filing_id, 1 AS position;
