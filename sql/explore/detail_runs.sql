-- Which runs are in a mark?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $mark (STRUCT, likewise), $n (INTEGER, how many at most)
-- Columns: run_id VARCHAR, started_s DOUBLE, status VARCHAR, dataset VARCHAR, shape VARCHAR, size INTEGER,
--     depth TINYINT, hardware VARCHAR, node VARCHAR, run_time_s DOUBLE, energy_j DOUBLE, power_w DOUBLE
-- One row per run, the one that took most energy first, those of unknown energy last, ties by run_id.
SELECT
    run_id,
    started_s,
    status::VARCHAR AS status,
    dataset::VARCHAR AS dataset,
    shape::VARCHAR AS shape,
    size,
    depth,
    hardware::VARCHAR AS hardware,
    node::VARCHAR AS node,
    run_time_s,
    energy_j,
    power_w
FROM butter_e_marked($brushes, $mark)
ORDER BY energy_j DESC NULLS LAST, run_id ASC
LIMIT $n;
