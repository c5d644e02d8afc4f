-- finds: an address of nobody | 2
-- finds: a name of nobody | 1
-- finds: no party at all | 1
INSERT INTO filing_party BY NAME SELECT 'an address of nobody' AS filing_id, 1 AS position;
INSERT INTO party_address BY NAME
SELECT 'an address of nobody' AS filing_id, n AS position, n AS party_position FROM range(1, 3) AS r(n);
INSERT INTO filing_party BY NAME SELECT 'a name of nobody' AS filing_id, 1 AS position;
INSERT INTO party_former_name BY NAME SELECT 'a name of nobody' AS filing_id, 1 AS position, 9 AS party_position;
INSERT INTO party_address BY NAME SELECT 'no party at all' AS filing_id, 1 AS position, 1 AS party_position;
