-- Which values does each category take, in how many runs, and how many of those are synthetic?
-- Parameters: none
-- Columns: dimension VARCHAR, category VARCHAR, run_count BIGINT, synthetic_count BIGINT
-- One row per category, by dimension and name. The counts of one dimension add up to all runs.
WITH labelled AS (
    UNPIVOT (
        SELECT
            synthetic,
            hardware::varchar AS hardware,
            dataset::varchar AS dataset,
            shape::varchar AS shape,
            status::varchar AS status,
            batch::varchar AS batch,
            node_type::varchar AS node_type,
            node::varchar AS node,
            optimizer::varchar AS optimizer,
            batch_size::varchar AS batch_size,
            learning_rate::varchar AS learning_rate
        FROM butter_e_runs
    )
    ON hardware, dataset, shape, status, batch, node_type, node, optimizer, batch_size, learning_rate
    INTO NAME dimension VALUE category
)

SELECT
    dimension,
    category,
    count(*) AS run_count,
    count(*) FILTER (WHERE synthetic) AS synthetic_count
FROM labelled
GROUP BY dimension, category
ORDER BY dimension, category;
