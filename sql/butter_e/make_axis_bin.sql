-- Makes the macro axis_bin: on which of an axis' bins does a value lie?
-- Parameters: none
-- Makes: axis_bin(value, axis {is_log, low, high}, bins) -> UTINYINT, 0 at the low end; NULL for no value.
-- What lies beyond an end lies in the last bin there; so do zero and less on an axis in logarithms.
-- Trap: greatest and least skip NULL, so 0 * value is added to keep it.
CREATE OR REPLACE MACRO axis_bin(value, axis, bins) AS (
    greatest(0, least(bins - 1, floor(
        bins
        * CASE
            WHEN axis.is_log THEN log10(greatest(value, axis.low) / axis.low) / log10(axis.high / axis.low)
            ELSE (value - axis.low) / (axis.high - axis.low)
        END
    )))
    + 0 * value
)::utinyint;
