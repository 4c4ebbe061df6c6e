-- Which nodes have runs to standardise although their idle power, or their hardware's overhead, is unknown?
-- Parameters: none
-- Columns: node VARCHAR, node_type VARCHAR, hardware VARCHAR, has_offset BOOLEAN, runs BIGINT
-- One row per node, by name. has_offset is false where node_sinfo.csv lacks the node or its type, or
-- node_power_dist.csv the type. Needs butter_e_raw.overhead and the tables before it.
SELECT
    runs.node,
    standard_power.node_type,
    standard_power.hardware,
    standard_power.std_power_w IS NOT NULL AS has_offset,
    count(*) AS runs
FROM butter_e_raw.runs
INNER JOIN butter_e_raw.filters ON runs.run_number = filters.run_number
INNER JOIN butter_e_raw.standard_power ON runs.run_number = standard_power.run_number
LEFT JOIN butter_e_raw.overhead ON standard_power.hardware = overhead.hardware
WHERE NOT filters.is_rejected AND (overhead.energy_overhead_j IS NULL OR standard_power.std_power_w IS NULL)
GROUP BY ALL
ORDER BY runs.node, has_offset
