-- finds: no such row | 2
-- finds: a row of the other kind | 1
-- finds: a row of another filing | 1
INSERT INTO ownership_transaction BY NAME SELECT 'no such row' AS filing_id, 1 AS position;
INSERT INTO ownership_footnote_ref BY NAME
SELECT 'no such row' AS filing_id, n AS position, 'transaction' AS row_kind, n AS row_position FROM range(1, 3) AS r(n);
INSERT INTO ownership_transaction BY NAME SELECT 'a row of the other kind' AS filing_id, 1 AS position;
INSERT INTO ownership_footnote_ref BY NAME
SELECT 'a row of the other kind' AS filing_id, 1 AS position, 'holding' AS row_kind, 1 AS row_position;
INSERT INTO ownership_footnote_ref BY NAME
SELECT 'a row of another filing' AS filing_id, 1 AS position, 'transaction' AS row_kind, 1 AS row_position;
