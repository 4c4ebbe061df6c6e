-- Makes butter_e_cells: what runs of the same settings on the same type of node took.
-- Parameters: none
-- Makes: butter_e_cells, one row per family, dataset, size, depth, shape, node_type, optimizer, batch_size
--     and learning_rate: cell (UINTEGER, from 1), run_count, and medians of natural logarithms: ln_energy
--     (standardised J), ln_run_time (s), ln_power (W).
-- A family is a class of nodes in one campaign: 'CPU node', 'GPU node', 'CPU node, optimizer batch'. Without
-- a standardised energy the measured one stands in. Left out are runs whose energy is unknown or not
-- positive, or that lack a setting.
CREATE OR REPLACE TABLE butter_e_cells AS
WITH measured AS (
    SELECT
        dataset,
        size,
        depth,
        shape,
        node_type,
        optimizer,
        batch_size,
        learning_rate,
        run_time_s,
        power_w,
        CASE WHEN status = 'optimizer_batch' THEN hardware || ', optimizer batch' ELSE hardware END AS family,
        coalesce(std_energy_j, energy_j) AS standard_j
    FROM butter_e_runs
),

cells AS (
    SELECT
        family,
        dataset,
        size,
        depth,
        shape,
        node_type,
        optimizer,
        batch_size,
        learning_rate,
        count(*) AS run_count,
        median(ln(standard_j)) AS ln_energy,
        median(ln(run_time_s)) AS ln_run_time,
        median(ln(power_w)) AS ln_power
    FROM measured
    WHERE
        standard_j > 0 AND run_time_s > 0 AND power_w > 0
        AND size IS NOT NULL AND depth IS NOT NULL AND node_type IS NOT NULL
        AND optimizer IS NOT NULL AND batch_size IS NOT NULL AND learning_rate IS NOT NULL
    GROUP BY ALL
)

SELECT
    *, -- noqa: AM04
    (row_number() OVER ())::UINTEGER AS cell
FROM cells;
