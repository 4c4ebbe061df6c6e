-- Makes the macro passes_set: does a value pass the brush of a category?
-- Parameters: none
-- Makes: passes_set(brush STRUCT {among VARCHAR[], outside} or NULL, admitted, value) -> BOOLEAN; admitted is
--     brush['among'], cast to the type of value where that is a number: to write each run's number as text
--     takes ten times as long. NULL, which selects nothing, for no value, whichever way the brush is turned.
CREATE OR REPLACE MACRO passes_set(brush, admitted, value) AS (
    brush IS NULL
    OR if(brush['outside'], NOT list_contains(admitted, value), list_contains(admitted, value))
);
