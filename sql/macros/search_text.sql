-- macro: search_text
-- asks: Where does a phrase stand in the text, in capitals or not, over line ends too?
-- reads: search_pattern
CREATE OR REPLACE MACRO search_text(phrase, form := NULL, since := NULL, until := NULL) AS TABLE
SELECT *
FROM search_pattern(
    '(?i)' || array_to_string(list_transform(string_split_regex(trim(phrase), '\s+'), lambda word: regexp_escape(word)), '\s+'),
    form := form, since := since, until := until
);
