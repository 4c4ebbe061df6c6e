-- How much does each network of the selection take per datum, with how many layers, on which node?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $kept (BIGINT,
--     the bits of setting_key that tell networks and depths apart)
-- Columns: setting BIGINT, mean_log DOUBLE, run_count BIGINT
-- One row per value of the kept bits with a run that has an energy per datum, in no order. mean_log is the
-- mean natural logarithm of joules per datum, that of their geometric mean. butter_e/make_runs.sql says which
-- bits hold which setting: to group by one number takes half the time of six columns.
SELECT
    setting_key & $kept AS setting,
    avg(ln(j_per_datum)) AS mean_log,
    count(*) AS run_count
FROM butter_e_selection($brushes)
WHERE j_per_datum > 0
GROUP BY setting;
