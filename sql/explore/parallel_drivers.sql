-- How does the energy of the selected runs lie by each of their settings?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: setting VARCHAR, code UTINYINT, run_count BIGINT, energy_sum HUGEINT, energy_square_sum HUGEINT
-- One row per setting and value of it, in no order: size and depth by their bin, hardware by 0 (CPU) and 1
-- (GPU), the others by their code in butter_e_runs. Energy is counted in bins of its axis, from 0, so on the
-- scale as drawn. Left out are runs without an energy and, for each setting, those without its value.
-- Correlation, and the share that a category explains, follow from these sums without another scan.
WITH grouped AS (
    SELECT
        CASE
            WHEN grouping(size_px) = 0 THEN 'size'
            WHEN grouping(depth_px) = 0 THEN 'depth'
            WHEN grouping(is_gpu) = 0 THEN 'hardware'
            WHEN grouping(dataset_code) = 0 THEN 'dataset'
            WHEN grouping(shape_code) = 0 THEN 'shape'
            WHEN grouping(optimizer_code) = 0 THEN 'optimizer'
            WHEN grouping(batch_size_code) = 0 THEN 'batch_size'
            ELSE 'learning_rate'
        END AS setting,
        coalesce(
            size_px,
            depth_px,
            is_gpu::UTINYINT,
            dataset_code,
            shape_code,
            optimizer_code,
            batch_size_code,
            learning_rate_code
        ) AS code,
        count(*) AS run_count,
        sum(energy_px) AS energy_sum,
        sum(energy_px::INTEGER * energy_px::INTEGER) AS energy_square_sum
    FROM butter_e_selection($brushes)
    WHERE energy_px IS NOT NULL
    GROUP BY GROUPING SETS (
        (size_px),
        (depth_px),
        (is_gpu),
        (dataset_code),
        (shape_code),
        (optimizer_code),
        (batch_size_code),
        (learning_rate_code)
    )
)

SELECT
    setting,
    code,
    run_count,
    energy_sum,
    energy_square_sum
FROM grouped
WHERE code IS NOT NULL;
