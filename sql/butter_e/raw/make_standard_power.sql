-- Makes butter_e_raw.standard_power: what would each run have drawn on a node of the standard type (rule R5)?
-- Parameters: none
-- Makes: butter_e_raw.standard_power, one row per run: run_number, node_type, hardware, power_w, std_power_w,
--     std_energy_j; NULL where the energy or the node's idle power is unknown.
-- Trap: hardware is the node's, not that of is_gpu; only where a node is not listed does is_gpu decide.
CREATE OR REPLACE TABLE butter_e_raw.standard_power AS
SELECT
    runs.run_number,
    nodes.node_type,
    coalesce(idle_power.hardware, CASE WHEN runs.is_gpu THEN 'GPU node' ELSE 'CPU node' END) AS hardware,
    energy.energy_j / nullif(runs.run_time_s, 0) AS power_w,
    power_w + idle_power.power_offset_w AS std_power_w,
    std_power_w * runs.run_time_s AS std_energy_j
FROM butter_e_raw.runs
INNER JOIN butter_e_raw.energy ON runs.run_number = energy.run_number
LEFT JOIN butter_e_raw.nodes ON runs.node = nodes.node
LEFT JOIN butter_e_raw.idle_power ON nodes.node_type = idle_power.node_type;
