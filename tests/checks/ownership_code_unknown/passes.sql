INSERT INTO ownership_transaction BY NAME
SELECT 'every code there is' AS filing_id, ordinality AS position, code AS transaction_code
FROM unnest(string_split('P S V A D F I M C E H O X G L W Z J K U', ' ')) WITH ORDINALITY AS codes(code, ordinality)
WHERE code NOT IN ('K', 'V');
INSERT INTO ownership_transaction BY NAME SELECT 'none stated' AS filing_id, 1 AS position, NULL AS transaction_code;
