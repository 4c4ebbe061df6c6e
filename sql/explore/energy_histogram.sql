-- How is the energy of the selected runs distributed on CPU and on GPU nodes?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: is_gpu BOOLEAN, energy_px UTINYINT, run_count BIGINT
-- One row per hardware class and energy bin that holds a run, in no order. The histogram passes NULL for its
-- own brush.
SELECT
    is_gpu,
    energy_px,
    count(*) AS run_count
FROM butter_e_selection($brushes)
GROUP BY is_gpu, energy_px;
