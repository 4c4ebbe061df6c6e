-- Makes the macro scale_bin: on which bin of a scale of strangeness does a value lie?
-- Parameters: none
-- Makes: scale_bin(value, scale {low, high, unit, bins}) -> UTINYINT, 0 at the low end; NULL for no value.
-- The ends are given as they are spaced: the inverse hyperbolic sine of value / unit, or, with unit 0, the
-- value itself. What lies beyond an end lies in the last bin there.
-- Trap: greatest and least skip NULL, so 0 * value is added to keep it.
CREATE OR REPLACE MACRO scale_bin(value, scale) AS (
    greatest(0, least(scale.bins - 1, floor(
        scale.bins
        * (if(scale.unit = 0, value, asinh(value / nullif(scale.unit, 0))) - scale.low)
        / (scale.high - scale.low)
    )))
    + 0 * value
)::utinyint;
