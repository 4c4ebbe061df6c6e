-- How many selected runs does each value of each category have?
-- Parameters: $brushes (STRUCT, one field a brush as in butter_e/make_selection.sql)
-- Columns: dimension VARCHAR, category VARCHAR, run_count BIGINT
-- One row per category and value that a selected run has, in no order. A brushed category counts what its own
-- brush admits; counts_of_category tells the rest.
SELECT
    CASE
        WHEN grouping(hardware) = 0 THEN 'hardware'
        WHEN grouping(dataset) = 0 THEN 'dataset'
        WHEN grouping(shape) = 0 THEN 'shape'
        WHEN grouping(status) = 0 THEN 'status'
        WHEN grouping(batch) = 0 THEN 'batch'
        WHEN grouping(node_type) = 0 THEN 'node_type'
        WHEN grouping(optimizer) = 0 THEN 'optimizer'
        WHEN grouping(batch_size) = 0 THEN 'batch_size'
        ELSE 'learning_rate'
    END AS dimension,
    CASE dimension
        WHEN 'hardware' THEN hardware
        WHEN 'dataset' THEN dataset
        WHEN 'shape' THEN shape
        WHEN 'status' THEN status
        WHEN 'batch' THEN batch
        WHEN 'node_type' THEN node_type
        WHEN 'optimizer' THEN optimizer
        WHEN 'batch_size' THEN batch_size::varchar
        ELSE learning_rate::varchar
    END AS category,
    count(*) AS run_count
FROM butter_e_selection($brushes)
GROUP BY GROUPING SETS (
    (hardware), (dataset), (shape), (status), (batch), (node_type), (optimizer), (batch_size), (learning_rate)
);
