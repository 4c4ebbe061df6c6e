-- Makes the macro passes_range: does a value pass the brush of a quantity?
-- Parameters: none
-- Makes: passes_range(brush STRUCT {low, high, outside} or NULL, value) -> BOOLEAN; both ends are included,
--     an open end is infinite. NULL, which selects nothing, for no value, whichever way the brush is turned.
-- The brush is a constant of a question, so what is planned is one comparison that the scan makes itself, or
-- none. An inverted brush is two comparisons for the same reason: the scan cannot make NOT BETWEEN.
CREATE OR REPLACE MACRO passes_range(brush, value) AS (
    brush IS NULL
    OR if(
        brush['outside'],
        value < brush['low'] OR value > brush['high'],
        value BETWEEN brush['low'] AND brush['high']
    )
);
