-- Which runs are in a Parquet file that has the columns of the Explore page?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Columns: run_id VARCHAR, synthetic BOOLEAN, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, hardware VARCHAR, node VARCHAR, node_type VARCHAR, slurm_job_id BIGINT,
--     started_at TIMESTAMP WITH TIME ZONE, run_time_s DOUBLE, energy_j DOUBLE, power_w DOUBLE,
--     std_power_w DOUBLE, std_energy_j DOUBLE, energy_overhead_j DOUBLE, non_overhead_energy_j DOUBLE,
--     j_per_datum DOUBLE, optimizer VARCHAR, learning_rate DOUBLE, batch_size SMALLINT
-- One row per run, by start. Further columns of the file are left out.
SELECT
    run_id::VARCHAR AS run_id,
    synthetic::BOOLEAN AS synthetic,
    status::VARCHAR AS status,
    batch::VARCHAR AS batch,
    dataset::VARCHAR AS dataset,
    shape::VARCHAR AS shape,
    size::INTEGER AS size,
    depth::TINYINT AS depth,
    hardware::VARCHAR AS hardware,
    node::VARCHAR AS node,
    node_type::VARCHAR AS node_type,
    slurm_job_id::BIGINT AS slurm_job_id,
    started_at::TIMESTAMPTZ AS started_at,
    run_time_s::DOUBLE AS run_time_s,
    energy_j::DOUBLE AS energy_j,
    power_w::DOUBLE AS power_w,
    std_power_w::DOUBLE AS std_power_w,
    std_energy_j::DOUBLE AS std_energy_j,
    energy_overhead_j::DOUBLE AS energy_overhead_j,
    non_overhead_energy_j::DOUBLE AS non_overhead_energy_j,
    j_per_datum::DOUBLE AS j_per_datum,
    optimizer::VARCHAR AS optimizer,
    learning_rate::DOUBLE AS learning_rate,
    batch_size::SMALLINT AS batch_size
FROM read_parquet($file)
ORDER BY started_at, run_id
