INSERT INTO filing BY NAME SELECT 'the same day' AS filing_id, DATE '2024-03-14' AS filed_on;
INSERT INTO ownership_transaction BY NAME
SELECT 'the same day' AS filing_id, n AS position, [DATE '2024-03-14', '2024-03-12', NULL][n] AS transaction_date
FROM range(1, 4) AS r(n);
INSERT INTO filing BY NAME SELECT 'filed nobody knows when' AS filing_id, NULL::DATE AS filed_on;
INSERT INTO ownership_transaction BY NAME
SELECT 'filed nobody knows when' AS filing_id, 1 AS position, DATE '2099-01-01' AS transaction_date;
