-- What does it cost to train the selected networks on the one kind of node, the other, or the better one?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: settings BIGINT, cheaper_on_cpu BIGINT, cpu_j DOUBLE, gpu_j DOUBLE, least_j DOUBLE
-- One row. A setting is a data set, size, depth and shape with standardised runs on both kinds of node; it
-- takes on each the median of their energies, in J. The sums are over all settings, least_j of the lesser of
-- both; NULL where there is none.
WITH settings AS (
    SELECT
        dataset,
        size,
        depth,
        shape,
        median(std_energy_j) FILTER (WHERE NOT is_gpu) AS cpu_j,
        median(std_energy_j) FILTER (WHERE is_gpu) AS gpu_j
    FROM butter_e_selection($brushes)
    WHERE std_energy_j IS NOT NULL
    GROUP BY dataset, size, depth, shape
    HAVING cpu_j IS NOT NULL AND gpu_j IS NOT NULL
)

SELECT
    count(*) AS settings,
    count(*) FILTER (WHERE cpu_j < gpu_j) AS cheaper_on_cpu,
    sum(cpu_j) AS cpu_j,
    sum(gpu_j) AS gpu_j,
    sum(least(cpu_j, gpu_j)) AS least_j
FROM settings;
