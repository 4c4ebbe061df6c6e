-- Makes butter_e_raw.outcome: what did each run take, and why is it not in the published table (rule R6)?
-- Parameters: none
-- Makes: butter_e_raw.outcome, one row per run: the columns of datasets/butter_e/README.md, experiment_id and
--     run_number.
-- A run outside the published table has the status of the step that left it out; the optimizer batch has its
-- own, whether its energy is known or not. The overhead comes off, and what is left has to be positive in
-- energy and in time.
-- J per datum: a run trains 3,000 epochs of ceil(0.8 n / batch size) batches, n the data set's observations.
CREATE OR REPLACE TABLE butter_e_raw.outcome AS
WITH net AS (
    SELECT
        runs.*,
        energy.join_status,
        energy.energy_j,
        filters.fails_run_time,
        filters.fails_energy,
        filters.fails_deviation,
        standard_power.node_type,
        standard_power.hardware,
        standard_power.power_w,
        standard_power.std_power_w,
        standard_power.std_energy_j,
        CASE WHEN standard_power.std_energy_j IS NOT NULL THEN overhead.energy_overhead_j END
            AS energy_overhead_j,
        standard_power.std_energy_j - overhead.energy_overhead_j AS non_overhead_energy_j,
        runs.run_time_s - overhead.overhead_time_s AS non_overhead_time_s,
        -- Whole numbers, because no binary fraction is 0.8.
        (4 * data_sets.observations + 5 * runs.batch_size - 1) // (5 * runs.batch_size)
        * runs.batch_size
        * 3000 AS data_trained,
        CASE WHEN runs.depth = 2 AND NOT filters.is_rejected THEN depth_two.experiment_id END
            AS depth_two_experiment_id
    FROM butter_e_raw.runs
    INNER JOIN butter_e_raw.energy ON runs.run_number = energy.run_number
    INNER JOIN butter_e_raw.standard_power ON runs.run_number = standard_power.run_number
    LEFT JOIN butter_e_raw.filters ON runs.run_number = filters.run_number
    LEFT JOIN butter_e_raw.overhead ON standard_power.hardware = overhead.hardware
    LEFT JOIN butter_e_raw.data_sets ON runs.dataset = data_sets.dataset
    LEFT JOIN butter_e_raw.depth_two
        ON
            runs.dataset = depth_two.dataset
            AND runs.size = depth_two.size
            AND runs.optimizer = depth_two.optimizer
            AND runs.batch_size = depth_two.batch_size
            AND runs.learning_rate = depth_two.learning_rate
)

SELECT
    run_number,
    run_id,
    CASE
        WHEN is_optimizer_batch THEN 'optimizer_batch'
        WHEN join_status <> 'ok' THEN join_status
        WHEN fails_run_time THEN 'rejected_run_time'
        WHEN fails_energy THEN 'rejected_energy'
        WHEN fails_deviation THEN 'rejected_outlier'
        WHEN dataset = '505_tecator' THEN 'overhead_estimate'
        WHEN non_overhead_energy_j <= 0 OR non_overhead_time_s <= 0 THEN 'below_overhead'
        ELSE 'standardised'
    END AS status,
    batch,
    dataset,
    CASE WHEN depth = 2 THEN 'rectangle' ELSE shape END AS shape,
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
    CASE
        WHEN
            status NOT IN ('overhead_estimate', 'below_overhead') AND non_overhead_energy_j > 0
            THEN non_overhead_energy_j / data_trained
    END AS j_per_datum,
    optimizer,
    learning_rate,
    batch_size,
    coalesce(depth_two_experiment_id, experiment_id) AS experiment_id
FROM net;
