-- Where do the selected runs lie in the plane of run time and energy?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: is_gpu BOOLEAN, run_time_px UTINYINT, energy_px UTINYINT, run_count BIGINT
-- One row per hardware class and bin of the plane that holds a run, in no order. The plane passes NULL for
-- its own two brushes.
SELECT
    is_gpu,
    run_time_px,
    energy_px,
    count(*) AS run_count
FROM butter_e_selection($brushes)
GROUP BY is_gpu, run_time_px, energy_px;
