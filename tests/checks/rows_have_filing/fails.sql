-- finds: documents | NULL
-- finds: parties | NULL
-- finds: cover | NULL
-- finds: transactions | NULL
-- finds: holdings | NULL
INSERT INTO document BY NAME SELECT 'documents' AS filing_id, unnest([1, 2]) AS position;
INSERT INTO filing_party BY NAME SELECT 'parties' AS filing_id, 1 AS position;
INSERT INTO ownership_filing BY NAME SELECT 'cover' AS filing_id;
INSERT INTO ownership_transaction BY NAME SELECT 'transactions' AS filing_id, 1 AS position;
INSERT INTO ownership_holding BY NAME SELECT 'holdings' AS filing_id, 1 AS position;
