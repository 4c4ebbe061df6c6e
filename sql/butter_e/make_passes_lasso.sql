-- Makes the macro passes_lasso: does a run's bin lie inside a lasso?
-- Parameters: none
-- Makes: passes_lasso(brush STRUCT {cells VARCHAR, outside} or NULL, across_px, up_px) -> BOOLEAN; cells are
--     240 x 240 zeros and ones, the bin up running fastest. NULL, which selects nothing, for a run without a
--     bin, whichever way the lasso is turned.
CREATE OR REPLACE MACRO passes_lasso(brush, across_px, up_px) AS (
    brush IS NULL
    OR get_bit(brush['cells']::bit, 240 * across_px::integer + up_px) = if(brush['outside'], 0, 1)
);
