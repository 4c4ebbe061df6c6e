-- Makes butter_e_raw.runs: which runs are there, and which were not meant to be (rule R1)?
-- Parameters: $metadata (VARCHAR, path of butter_e_metadata.csv)
-- Makes: butter_e_raw.runs, one row per run, in the file's order; run_time_s (s) is NULL where a time
--     is missing.
-- R1: the batch optimizer_energy_1_cpu varies optimizer, learning rate and batch size; the published table
--     leaves it out (NREL, notebook 1).
-- Traps: columns are taken by name, because an end_time may stand among them. Times may end in +00:00 or -06;
--     one without offset is taken as UTC. experiment_id is the older, whole number. run_data is JSON in a
--     quoted cell; it is passed over, never parsed.
CREATE OR REPLACE TABLE butter_e_raw.runs AS
WITH typed AS (
    SELECT
        run_id,
        old_experiment_id::BIGINT AS experiment_id,
        slurm_job_id::BIGINT AS slurm_job_id,
        start_time::TIMESTAMPTZ AS started_at,
        update_time::TIMESTAMPTZ AS updated_at,
        trim(host_name) AS node,
        size::INTEGER AS size,
        depth::TINYINT AS depth,
        shape,
        dataset,
        learning_rate::DOUBLE AS learning_rate,
        batch_size::SMALLINT AS batch_size,
        optimizer,
        is_gpu::BOOLEAN AS is_gpu,
        batch
    FROM read_csv($metadata, header = TRUE, all_varchar = TRUE, delim = ',', quote = '"', escape = '"')
)

SELECT
    typed.*,
    row_number() OVER () AS run_number,
    (epoch_us(typed.updated_at) - epoch_us(typed.started_at)) / 1e6 AS run_time_s,
    coalesce(typed.batch = 'optimizer_energy_1_cpu', FALSE) AS is_optimizer_batch
FROM typed;
