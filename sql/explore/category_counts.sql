-- How many selected runs does each value of each category have?
-- Parameters: $brushes (STRUCT, one field a brush as in butter_e/make_selection.sql)
-- Columns: category VARCHAR, run_count BIGINT, dimension VARCHAR
-- One row per category and value that a selected run has, in no order. A brushed category counts what its own
-- brush admits; counts_of_category tells the rest.
-- One mask of what is not grouped is bound much faster than a CASE of single ones.
WITH counted AS (
    SELECT
        grouping(
            hardware,
            dataset,
            shape,
            status,
            batch,
            node_type,
            optimizer,
            batch_size_word,
            learning_rate_word
        ) AS others,
        coalesce(
            hardware,
            dataset,
            shape,
            status,
            batch,
            node_type,
            optimizer,
            batch_size_word,
            learning_rate_word
        ) AS category,
        count(*) AS run_count
    FROM butter_e_selection($brushes)
    GROUP BY GROUPING SETS (
        (hardware),
        (dataset),
        (shape),
        (status),
        (batch),
        (node_type),
        (optimizer),
        (batch_size_word),
        (learning_rate_word)
    )
)

SELECT
    category::VARCHAR AS category,
    run_count,
    CASE 511 - others
        WHEN 256 THEN 'hardware'
        WHEN 128 THEN 'dataset'
        WHEN 64 THEN 'shape'
        WHEN 32 THEN 'status'
        WHEN 16 THEN 'batch'
        WHEN 8 THEN 'node_type'
        WHEN 4 THEN 'optimizer'
        WHEN 2 THEN 'batch_size'
        WHEN 1 THEN 'learning_rate'
    END AS dimension
FROM counted;
