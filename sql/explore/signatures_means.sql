-- What do the selected runs of each group take, in the geometric mean of six amounts?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $grouping
--     (VARCHAR: hardware, shape, hardware_shape, dataset, node_type, optimizer, size, depth or batch_size)
-- Columns: word VARCHAR, number INTEGER, run_count BIGINT, datum_count BIGINT, j_per_datum DOUBLE,
--     ms_per_batch DOUBLE, working_set_bytes DOUBLE, energy_j DOUBLE, overhead_share DOUBLE, power_w DOUBLE
-- One row per group, in no order. A group is a word, a number, or for hardware_shape the shape and 1 on GPU
-- nodes; what its grouping lacks is NULL. A run without an amount, or with one of 0, is left out of that mean
-- alone; datum_count is of the runs with energy per datum. A mean of none is NULL. The share is that of the
-- overhead in the standardised energy.
-- Geometric means, for medians of millions of runs take several times as long.
WITH grouped AS (
    SELECT
        CASE $grouping
            WHEN 'hardware' THEN hardware
            WHEN 'shape' THEN shape
            WHEN 'hardware_shape' THEN shape
            WHEN 'dataset' THEN dataset
            WHEN 'node_type' THEN node_type
            WHEN 'optimizer' THEN optimizer
        END AS word,
        CASE $grouping
            WHEN 'size' THEN size::integer
            WHEN 'depth' THEN depth::integer
            WHEN 'batch_size' THEN batch_size::integer
            WHEN 'hardware_shape' THEN is_gpu::integer
        END AS number,
        CASE WHEN j_per_datum > 0 THEN ln(j_per_datum) END AS log_j_per_datum,
        CASE WHEN ms_per_batch > 0 THEN ln(ms_per_batch) END AS log_ms_per_batch,
        CASE WHEN working_set_bytes > 0 THEN ln(working_set_bytes) END AS log_working_set,
        CASE WHEN energy_j > 0 THEN ln(energy_j) END AS log_energy,
        CASE
            WHEN energy_overhead_j > 0 AND std_energy_j > 0 THEN ln(energy_overhead_j / std_energy_j)
        END AS log_overhead_share,
        CASE WHEN power_w > 0 THEN ln(power_w) END AS log_power
    FROM butter_e_selection($brushes)
)

SELECT
    word::varchar AS word,
    number,
    count(*) AS run_count,
    count(log_j_per_datum) AS datum_count,
    exp(avg(log_j_per_datum)) AS j_per_datum,
    exp(avg(log_ms_per_batch)) AS ms_per_batch,
    exp(avg(log_working_set)) AS working_set_bytes,
    exp(avg(log_energy)) AS energy_j,
    exp(avg(log_overhead_share)) AS overhead_share,
    exp(avg(log_power)) AS power_w
FROM grouped
GROUP BY word, number;
