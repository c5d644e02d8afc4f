-- check: text_blocks_have_section
-- asks: does each piece of text belong to a section of its filing, in the same document?
-- level: error
-- table: text_block
-- reads: section, text_block
SELECT block.filing_id, block.position, 'it names section ' || block.section_position AS detail
FROM text_block AS block
ANTI JOIN section ON section.filing_id = block.filing_id AND section.position = block.section_position
    AND section.document_position = block.document_position
