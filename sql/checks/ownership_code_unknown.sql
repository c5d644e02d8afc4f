-- check: ownership_code_unknown
-- asks: which transaction codes are not in General Instruction 8 of Form 4?
-- level: warning
-- table: ownership_transaction
-- reads: ownership_transaction
SELECT filing_id, position, 'transaction_code ' || transaction_code AS detail
FROM ownership_transaction
WHERE transaction_code NOT IN ('A', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'L', 'M', 'O', 'P', 'S', 'U', 'W', 'X', 'Z')
