-- How are energy, time or power of the selected runs distributed on CPU and on GPU nodes?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $quantity
--     (VARCHAR: energy_j, j_per_datum, run_time_s or power_w)
-- Columns: is_gpu BOOLEAN, px UTINYINT, run_count BIGINT
-- One row per hardware class and bin of the quantity's axis that holds a run, in no order; a run without the
-- quantity has no bin and is not counted. The histogram passes NULL for its own brush.
WITH binned AS (
    SELECT
        is_gpu,
        CASE $quantity
            WHEN 'energy_j' THEN energy_px
            WHEN 'j_per_datum' THEN j_per_datum_px
            WHEN 'run_time_s' THEN run_time_px
            WHEN 'power_w' THEN power_px
        END AS px
    FROM butter_e_selection($brushes)
)

SELECT
    is_gpu,
    px,
    count(*) AS run_count
FROM binned
WHERE px IS NOT NULL
GROUP BY is_gpu, px;
