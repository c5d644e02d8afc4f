INSERT INTO ownership_transaction BY NAME SELECT 'both kinds' AS filing_id, 1 AS position;
INSERT INTO ownership_holding BY NAME SELECT 'both kinds' AS filing_id, 1 AS position;
INSERT INTO ownership_footnote_ref BY NAME
SELECT 'both kinds' AS filing_id, n AS position, ['transaction', 'holding'][n] AS row_kind, 1 AS row_position
FROM range(1, 3) AS r(n);
