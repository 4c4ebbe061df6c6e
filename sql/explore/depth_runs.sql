-- How is energy per datum of the selected runs distributed, by node, data set and number of layers?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $kept (BIGINT,
--     the bits of setting_key that tell node, data set and depth apart)
-- Columns: px UTINYINT, setting BIGINT, run_count BIGINT
-- One row per value of the kept bits and bin of the axis of energy per datum that holds a run, in no order.
-- butter_e/make_runs.sql says which bits hold which setting.
SELECT
    j_per_datum_px AS px,
    setting_key & $kept AS setting,
    count(*) AS run_count
FROM butter_e_selection($brushes)
WHERE j_per_datum_px IS NOT NULL
GROUP BY px, setting;
