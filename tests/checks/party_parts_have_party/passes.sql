INSERT INTO filing_party BY NAME SELECT 'two parties' AS filing_id, unnest([1, 2]) AS position;
INSERT INTO party_address BY NAME
SELECT 'two parties' AS filing_id, n AS position, [1, 1, 2][n] AS party_position FROM range(1, 4) AS r(n);
INSERT INTO party_former_name BY NAME SELECT 'two parties' AS filing_id, 1 AS position, 2 AS party_position;
INSERT INTO filing_party BY NAME SELECT 'no address' AS filing_id, 1 AS position;
