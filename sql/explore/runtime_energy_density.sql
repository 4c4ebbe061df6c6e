-- Where do the selected runs lie in the plane of run time and energy?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: is_gpu BOOLEAN, run_time_px UTINYINT, energy_px UTINYINT, run_count BIGINT
-- One row per hardware class and bin of the plane that holds a run, in no order; runs without energy or run
-- time have no bin. The plane passes NULL for its own brushes: both ranges and the lasso.
SELECT
    is_gpu,
    run_time_px,
    energy_px,
    count(*) AS run_count
FROM butter_e_selection($brushes)
WHERE run_time_px IS NOT NULL AND energy_px IS NOT NULL
GROUP BY is_gpu, run_time_px, energy_px;
