-- finds: one of two lies ahead | 2
INSERT INTO filing BY NAME SELECT 'one of two lies ahead' AS filing_id, DATE '2024-03-14' AS filed_on;
INSERT INTO ownership_transaction BY NAME
SELECT 'one of two lies ahead' AS filing_id, n AS position, [DATE '2024-03-12', '2042-03-12'][n] AS transaction_date
FROM range(1, 3) AS r(n);
