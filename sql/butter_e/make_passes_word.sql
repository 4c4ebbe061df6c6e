-- Makes the macro passes_word: does a word pass the brush of a category?
-- Parameters: none
-- Makes: passes_word(brush STRUCT {among VARCHAR[], outside} or NULL, word butter_e_word) -> BOOLEAN, as
--     passes_set. What is admitted and no run has, a link may hold it, counts for nothing.
-- Needs the type butter_e_word and the macro passes_set.
CREATE OR REPLACE MACRO passes_word(brush, word) AS (
    passes_set(brush, try_cast(brush['among'] AS butter_e_word[]), word)
);
