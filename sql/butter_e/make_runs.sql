-- Makes butter_e_runs: every run of a Parquet file, its network, and its bin on each axis of Explore.
-- Parameters: $file (VARCHAR, path of a Parquet file of runs), $bins (INTEGER, bins per axis, at most 255),
--     $epochs (INTEGER, epochs of a training), $cpu_overhead_s (DOUBLE, s), $gpu_overhead_s (DOUBLE, s): time
--     of a run that is no training
-- Makes: butter_e_runs, one row per run: what is brushed and shown, what follows from its network, and one
--     *_px column (UTINYINT, 0 up to bins - 1) per axis, and one *_code column (UTINYINT) per category of
--     few values: the place of the run's value among all, sorted, from 0.
-- Needs butter_e_axes, butter_e_networks. From the network: parameters, flops_per_datum; working_set_bytes
-- (per core, SM or chip) and working_set_level ('L1' to 'RAM' or 'HBM') of the forward pass on the run's
-- node. setting_key packs hardware, dataset, shape, size, depth, optimizer, batch size and learning rate into
-- fields of 1, 8, 8, 12, 8, 8, 8 and 10 bits from the low end: equal settings have equal keys; a category's
-- code is its place among all its values, from 1. Energy per datum, batch and epoch and time per batch are
-- without overhead. A value is NULL where the file has none or the run's network and batch size are not among
-- those calculated; it has no bin then.
-- Small integer bins make each view's aggregate a GROUP BY on bytes, which stays cheap with a million runs.
CREATE OR REPLACE TABLE butter_e_runs AS
WITH axes AS (
    SELECT
        $bins::integer AS bins,
        map_from_entries(
            list((dimension, struct_pack(is_log := is_log, low := low, high := high)))
        ) AS axis_of
    FROM butter_e_axes
),

measured AS (
    SELECT
        run_id,
        synthetic,
        status::butter_e_word AS status,
        batch::butter_e_word AS batch,
        dataset::butter_e_word AS dataset,
        shape::butter_e_word AS shape,
        size,
        depth,
        hardware::butter_e_word AS hardware,
        hardware = 'GPU node' AS is_gpu,
        node::butter_e_node AS node,
        node_type::butter_e_word AS node_type,
        slurm_job_id,
        started_at,
        epoch(started_at) AS started_s,
        run_time_s::double AS run_time_s,
        energy_j::double AS energy_j,
        power_w::double AS power_w,
        std_power_w::double AS std_power_w,
        std_energy_j::double AS std_energy_j,
        energy_overhead_j::double AS energy_overhead_j,
        non_overhead_energy_j::double AS non_overhead_energy_j,
        j_per_datum::double AS j_per_datum,
        optimizer::butter_e_word AS optimizer,
        learning_rate::float AS learning_rate,
        batch_size::smallint AS batch_size,
        learning_rate::float::varchar::butter_e_word AS learning_rate_word,
        batch_size::smallint::varchar::butter_e_word AS batch_size_word,
        $epochs::smallint AS epochs,
        run_time_s - if(is_gpu, $gpu_overhead_s, $cpu_overhead_s)::double AS training_s
    FROM read_parquet($file)
),

codes AS (
    SELECT
        list_sort(list(DISTINCT dataset), 'ASC', 'NULLS LAST') AS datasets,
        list_sort(list(DISTINCT shape), 'ASC', 'NULLS LAST') AS shapes,
        list_sort(list(DISTINCT size) FILTER (WHERE size IS NOT NULL)) AS sizes,
        list_sort(list(DISTINCT optimizer), 'ASC', 'NULLS LAST') AS optimizers,
        list_sort(list(DISTINCT batch_size) FILTER (WHERE batch_size IS NOT NULL)) AS batch_sizes,
        list_sort(list(DISTINCT learning_rate) FILTER (WHERE learning_rate IS NOT NULL)) AS learning_rates,
        list_sort(list(DISTINCT batch), 'ASC', 'NULLS LAST') AS batches
    FROM measured
),

words AS (
    SELECT unnest(enum_range(NULL::butter_e_word)) AS word
),

places AS (
    SELECT
        list(list_position(codes.datasets, words.word) ORDER BY words.word) AS of_dataset,
        list(list_position(codes.shapes, words.word) ORDER BY words.word) AS of_shape,
        list(list_position(codes.optimizers, words.word) ORDER BY words.word) AS of_optimizer,
        list(list_position(codes.batches, words.word) ORDER BY words.word) AS of_batch
    FROM words
    CROSS JOIN codes
),

runs AS (
    SELECT
        measured.*,
        (
            coalesce(measured.is_gpu, FALSE)::bigint
            + (coalesce(places.of_dataset[enum_code(measured.dataset) + 1], 0)::bigint << 1)
            + (coalesce(places.of_shape[enum_code(measured.shape) + 1], 0)::bigint << 9)
            + (coalesce(list_position(codes.sizes, measured.size), 0)::bigint << 17)
            + (coalesce(measured.depth, 0)::bigint << 29)
            + (coalesce(places.of_optimizer[enum_code(measured.optimizer) + 1], 0)::bigint << 37)
            + (coalesce(list_position(codes.batch_sizes, measured.batch_size), 0)::bigint << 45)
            + (coalesce(list_position(codes.learning_rates, measured.learning_rate), 0)::bigint << 53)
        ) AS setting_key,
        (places.of_dataset[enum_code(measured.dataset) + 1] - 1)::utinyint AS dataset_code,
        (places.of_shape[enum_code(measured.shape) + 1] - 1)::utinyint AS shape_code,
        (places.of_optimizer[enum_code(measured.optimizer) + 1] - 1)::utinyint AS optimizer_code,
        (list_position(codes.batch_sizes, measured.batch_size) - 1)::utinyint AS batch_size_code,
        (list_position(codes.learning_rates, measured.learning_rate) - 1)::utinyint AS learning_rate_code,
        (places.of_batch[enum_code(measured.batch) + 1] - 1)::utinyint AS batch_code,
        networks.parameters,
        networks.flops_per_datum,
        measured.j_per_datum * measured.batch_size AS j_per_batch,
        j_per_batch * networks.train_batches AS j_per_epoch,
        CASE
            WHEN measured.j_per_datum IS NOT NULL AND measured.training_s > 0
                THEN 1000 * measured.training_s / (networks.train_batches * measured.epochs)
        END AS ms_per_batch,
        if(
            measured.is_gpu, networks.gpu_forward_bytes, networks.cpu_forward_bytes
        ) AS working_set_bytes,
        if(
            measured.is_gpu,
            ['L1', 'L2', 'HBM'][networks.gpu_forward_level],
            ['L1', 'L2', 'L3', 'RAM'][networks.cpu_forward_level]
        ) AS working_set_level
    FROM measured
    CROSS JOIN codes
    CROSS JOIN places
    LEFT JOIN butter_e_networks AS networks
        ON
            measured.dataset = networks.dataset
            AND measured.size = networks.size
            AND measured.depth = networks.depth
            AND if(measured.depth = 2, 'rectangle', measured.shape::varchar) = networks.shape
            AND measured.batch_size = networks.batch_size
)

SELECT
    runs.* EXCLUDE (training_s), -- noqa: RF02
    axis_bin(runs.size, axes.axis_of['size'], axes.bins) AS size_px,
    axis_bin(runs.depth, axes.axis_of['depth'], axes.bins) AS depth_px,
    axis_bin(runs.started_s, axes.axis_of['started_s'], axes.bins) AS started_px,
    axis_bin(runs.run_time_s, axes.axis_of['run_time_s'], axes.bins) AS run_time_px,
    axis_bin(runs.power_w, axes.axis_of['power_w'], axes.bins) AS power_px,
    axis_bin(runs.energy_j, axes.axis_of['energy_j'], axes.bins) AS energy_px,
    axis_bin(runs.j_per_datum, axes.axis_of['j_per_datum'], axes.bins) AS j_per_datum_px,
    axis_bin(runs.working_set_bytes, axes.axis_of['working_set_bytes'], axes.bins) AS working_set_px
FROM runs
CROSS JOIN axes;
