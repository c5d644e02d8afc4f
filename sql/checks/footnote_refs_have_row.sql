-- check: footnote_refs_have_row
-- asks: does each footnote reference hang on a transaction or holding that stands?
-- level: error
-- table: ownership_footnote_ref
-- reads: ownership_footnote_ref, ownership_transaction, ownership_holding
SELECT ref.filing_id, ref.position, ref.row_kind || ' ' || ref.row_position || ' is not there' AS detail
FROM ownership_footnote_ref AS ref
ANTI JOIN (
    SELECT filing_id, 'transaction' AS row_kind, position FROM ownership_transaction
    UNION ALL
    SELECT filing_id, 'holding', position FROM ownership_holding
) AS row ON row.filing_id = ref.filing_id AND row.row_kind = ref.row_kind AND row.position = ref.row_position
