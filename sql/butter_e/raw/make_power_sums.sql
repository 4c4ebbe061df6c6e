-- Makes butter_e_raw.power_sums: what had all readings up to each one added up to?
-- Parameters: none
-- Makes: butter_e_raw.power_sums, one row per reading: position (place in butter_e_raw.samples), watts,
--     watts_so_far (sum of watts, with this one).
-- The sum over any stretch of a file is then the difference of two rows, whatever its length.
-- The table is read in its own order, so none is asked for: sorting would take three times as long. (The
-- linter does not know a frame without an order.)
CREATE OR REPLACE TABLE butter_e_raw.power_sums AS
SELECT
    rowid AS position,
    watts,
    (sum(watts) OVER (ROWS UNBOUNDED PRECEDING))::BIGINT AS watts_so_far -- noqa: PRS,CP02
FROM butter_e_raw.samples;
