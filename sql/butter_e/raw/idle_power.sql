-- What does each node type draw when it idles?
-- Parameters: none
-- Columns: node_type VARCHAR, idle_w DOUBLE, power_offset_w DOUBLE
-- One row per node type, by name. Needs butter_e_raw.idle_power.
SELECT
    node_type,
    idle_w,
    power_offset_w
FROM butter_e_raw.idle_power
ORDER BY node_type
