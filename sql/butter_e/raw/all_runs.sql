-- What did each run take, and why is it not in the published table?
-- Parameters: none
-- Columns: run_id VARCHAR, synthetic BOOLEAN, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, hardware VARCHAR, node VARCHAR, node_type VARCHAR, slurm_job_id BIGINT,
--     started_at TIMESTAMP WITH TIME ZONE, run_time_s DOUBLE, energy_j DOUBLE, power_w DOUBLE,
--     std_power_w DOUBLE, std_energy_j DOUBLE, energy_overhead_j DOUBLE, non_overhead_energy_j DOUBLE,
--     j_per_datum DOUBLE, optimizer VARCHAR, learning_rate DOUBLE, batch_size SMALLINT, experiment_id BIGINT
-- One row per run of the metadata, by start and run_id. Needs butter_e_raw.outcome.
SELECT
    run_id,
    FALSE AS synthetic,
    status,
    batch,
    dataset,
    shape,
    size,
    depth,
    hardware,
    node,
    node_type,
    slurm_job_id,
    started_at,
    run_time_s,
    energy_j,
    power_w,
    std_power_w,
    std_energy_j,
    energy_overhead_j,
    non_overhead_energy_j,
    j_per_datum,
    optimizer,
    learning_rate,
    batch_size,
    experiment_id
FROM butter_e_raw.outcome
ORDER BY started_at, run_id
