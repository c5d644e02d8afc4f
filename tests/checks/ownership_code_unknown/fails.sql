-- finds: letters of no code | 2
-- finds: letters of no code | 3
INSERT INTO ownership_transaction BY NAME
SELECT 'letters of no code' AS filing_id, n AS position, ['P', 'Q', 's'][n] AS transaction_code FROM range(1, 4) AS r(n);
