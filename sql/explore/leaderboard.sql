-- Which selected runs come first in an order, one page of them?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $measure
--     (VARCHAR, quantity that a listed run has: energy_j, std_energy_j, j_per_datum, run_time_s or power_w),
--     $words (VARCHAR[], filter as in butter_e/make_listed.sql), $order_by (VARCHAR, a measure, size,
--     depth, dataset, shape or hardware), $descending (BOOLEAN), $skipped (BIGINT, rows before the page),
--     $most (BIGINT, rows on the page)
-- Columns: run_id VARCHAR, dataset VARCHAR, shape VARCHAR, hardware VARCHAR, size INTEGER, depth TINYINT,
--     energy_j DOUBLE, std_energy_j DOUBLE, j_per_datum DOUBLE, run_time_s DOUBLE, power_w DOUBLE,
--     node VARCHAR, status VARCHAR, started_at TIMESTAMP WITH TIME ZONE
-- At most $most rows in that order, ties by run_id; runs without a value of $order_by last.
-- Numbers and texts are keys of their own, of which those not asked for are constants: a heap of one page is
-- then all that the order takes.
SELECT
    run_id,
    dataset::VARCHAR AS dataset,
    shape::VARCHAR AS shape,
    hardware::VARCHAR AS hardware,
    size,
    depth,
    energy_j,
    std_energy_j,
    j_per_datum,
    run_time_s,
    power_w,
    node::VARCHAR AS node,
    status::VARCHAR AS status,
    started_at
FROM butter_e_listed($brushes, $measure, $words)
ORDER BY
    CASE $order_by
        WHEN 'energy_j' THEN energy_j
        WHEN 'std_energy_j' THEN std_energy_j
        WHEN 'j_per_datum' THEN j_per_datum
        WHEN 'run_time_s' THEN run_time_s
        WHEN 'power_w' THEN power_w
        WHEN 'size' THEN size
        WHEN 'depth' THEN depth
    END * if($descending, -1, 1) ASC NULLS LAST,
    CASE
        WHEN $order_by = 'dataset' AND NOT $descending THEN dataset
        WHEN $order_by = 'shape' AND NOT $descending THEN shape
        WHEN $order_by = 'hardware' AND NOT $descending THEN hardware
    END ASC NULLS LAST,
    CASE
        WHEN $order_by = 'dataset' AND $descending THEN dataset
        WHEN $order_by = 'shape' AND $descending THEN shape
        WHEN $order_by = 'hardware' AND $descending THEN hardware
    END DESC NULLS LAST,
    run_id ASC
LIMIT $most OFFSET $skipped;
