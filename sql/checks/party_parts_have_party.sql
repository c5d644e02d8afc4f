-- check: party_parts_have_party
-- asks: does each address and former name belong to a party of its filing?
-- level: error
-- table: filing_party
-- reads: filing_party, party_address, party_former_name
SELECT part.filing_id, part.position, part.table_name || ' names party ' || part.party_position AS detail
FROM (
    SELECT filing_id, position, party_position, 'party_address' AS table_name FROM party_address
    UNION ALL
    SELECT filing_id, position, party_position, 'party_former_name' FROM party_former_name
) AS part
ANTI JOIN filing_party AS party ON party.filing_id = part.filing_id AND party.position = part.party_position
