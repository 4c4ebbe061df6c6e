-- How is a part of the selected runs' energy distributed on CPU and on GPU nodes?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $quantity
--     (VARCHAR: std_energy_j or non_overhead_energy_j)
-- Columns: is_gpu BOOLEAN, px UTINYINT, run_count BIGINT
-- One row per hardware class and bin of the axis of energy_j that holds a run, in no order. Runs without the
-- part, and those whose part lies below the axis or is no energy at all, are not counted.
-- Parts have no bins in the table: the logarithm of each run is taken when this is asked.
WITH energy_axis AS (
    SELECT struct_pack(is_log := is_log, low := low, high := high) AS axis
    FROM butter_e_axes
    WHERE dimension = 'energy_j'
),

parts AS (
    SELECT
        is_gpu,
        CASE $quantity
            WHEN 'std_energy_j' THEN std_energy_j
            WHEN 'non_overhead_energy_j' THEN non_overhead_energy_j
        END AS part_j
    FROM butter_e_selection($brushes)
),

binned AS (
    SELECT
        parts.is_gpu,
        axis_bin(parts.part_j, energy_axis.axis, 240) AS px
    FROM parts
    CROSS JOIN energy_axis
    WHERE parts.part_j >= energy_axis.axis['low']
)

SELECT
    is_gpu,
    px,
    count(*) AS run_count
FROM binned
GROUP BY is_gpu, px;
