-- How many selected runs go from which bin of an axis to which bin of the next?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: pair INTEGER, is_gpu BOOLEAN, run_count BIGINT, from_px UTINYINT, to_px UTINYINT
-- One row per pair of neighbouring axes, hardware class and two bins that share a run, in no order. Axes from
-- left to right: size, depth, run time, power, energy, J per datum; pair 0 lies between size and depth.
-- A run without J per datum has no line to that axis.
WITH binned AS (
    SELECT
        is_gpu,
        size_px,
        depth_px,
        run_time_px,
        power_px,
        energy_px,
        j_per_datum_px,
        count(*) AS run_count,
        CASE
            WHEN grouping(size_px) = 0 THEN 0
            WHEN grouping(depth_px) = 0 THEN 1
            WHEN grouping(run_time_px) = 0 THEN 2
            WHEN grouping(power_px) = 0 THEN 3
            ELSE 4
        END AS pair
    FROM butter_e_selection($brushes)
    GROUP BY GROUPING SETS (
        (is_gpu, size_px, depth_px),
        (is_gpu, depth_px, run_time_px),
        (is_gpu, run_time_px, power_px),
        (is_gpu, power_px, energy_px),
        (is_gpu, energy_px, j_per_datum_px)
    )
)

SELECT
    pair,
    is_gpu,
    run_count,
    CASE pair
        WHEN 0 THEN size_px
        WHEN 1 THEN depth_px
        WHEN 2 THEN run_time_px
        WHEN 3 THEN power_px
        ELSE energy_px
    END AS from_px,
    CASE pair
        WHEN 0 THEN depth_px
        WHEN 1 THEN run_time_px
        WHEN 2 THEN power_px
        WHEN 3 THEN energy_px
        ELSE j_per_datum_px
    END AS to_px
FROM binned
WHERE to_px IS NOT NULL;
