-- From which to which value does each numeric axis of the Explore page run?
-- Parameters: none
-- Columns: dimension VARCHAR, is_log BOOLEAN, low DOUBLE, high DOUBLE
-- One row per axis, by dimension. Bounds are in the dimension's own unit.
SELECT
    dimension,
    is_log,
    low,
    high
FROM butter_e_axes
ORDER BY dimension;
