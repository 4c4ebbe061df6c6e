-- Where do the selected runs lie in the plane of working set and energy per datum?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: is_gpu BOOLEAN, working_set_px UTINYINT, j_per_datum_px UTINYINT, run_count BIGINT
-- One row per hardware class and bin of the plane that has a run, in no order; a run without either quantity
-- has no bin. The working set is that of the forward pass, per core, SM or chip.
SELECT
    is_gpu,
    working_set_px,
    j_per_datum_px,
    count(*) AS run_count
FROM butter_e_selection($brushes)
WHERE working_set_px IS NOT NULL AND j_per_datum_px IS NOT NULL
GROUP BY is_gpu, working_set_px, j_per_datum_px;
