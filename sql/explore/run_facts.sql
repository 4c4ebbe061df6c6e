-- What is known of one run?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $run_id (VARCHAR)
-- Columns: run_id VARCHAR, synthetic BOOLEAN, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, parameters INTEGER, optimizer VARCHAR, learning_rate FLOAT,
--     batch_size SMALLINT, hardware VARCHAR, node VARCHAR, node_type VARCHAR, slurm_job_id BIGINT,
--     started_s DOUBLE, run_time_s DOUBLE, power_w DOUBLE, energy_j DOUBLE, std_power_w DOUBLE,
--     std_energy_j DOUBLE, energy_overhead_j DOUBLE, j_per_datum DOUBLE
-- One row, or none.
SELECT
    run_id,
    synthetic,
    status::VARCHAR AS status,
    batch::VARCHAR AS batch,
    dataset::VARCHAR AS dataset,
    shape::VARCHAR AS shape,
    size,
    depth,
    parameters,
    optimizer::VARCHAR AS optimizer,
    learning_rate,
    batch_size,
    hardware::VARCHAR AS hardware,
    node::VARCHAR AS node,
    node_type::VARCHAR AS node_type,
    slurm_job_id,
    started_s,
    run_time_s,
    power_w,
    energy_j,
    std_power_w,
    std_energy_j,
    energy_overhead_j,
    j_per_datum
FROM butter_e_selection($brushes)
WHERE run_id = $run_id;
