-- finds: twice | NULL
-- finds: twice | NULL
-- finds: a gap | 3
-- finds: from nought | 1
-- finds: the same position again | 2
-- finds: begins late | 2
-- finds: one doubled and one missing | 3
INSERT INTO filing BY NAME SELECT unnest(['twice', 'twice']) AS filing_id;
INSERT INTO ownership_filing BY NAME SELECT unnest(['twice', 'twice', 'twice']) AS filing_id;
INSERT INTO document BY NAME SELECT 'a gap' AS filing_id, unnest([1, 3]) AS position;
INSERT INTO filing_party BY NAME SELECT 'from nought' AS filing_id, unnest([0, 1]) AS position;
INSERT INTO document BY NAME SELECT 'the same position again' AS filing_id, unnest([1, 2, 2]) AS position;
INSERT INTO xml_leaf BY NAME SELECT 'begins late' AS filing_id, 2 AS position;
INSERT INTO ownership_holding BY NAME SELECT 'one doubled and one missing' AS filing_id, unnest([1, 3, 3]) AS position;
