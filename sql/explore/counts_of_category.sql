-- How many selected runs does each value of one category have?
-- Parameters: $brushes (STRUCT, one field a brush as in butter_e/make_selection.sql), $category (VARCHAR,
--     name of a category)
-- Columns: category VARCHAR, run_count BIGINT
-- One row per value that a selected run has, in no order. Asked without the category's own brush, it tells
-- what could be admitted too. The CASE is decided when the question is planned.
SELECT
    CASE $category
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
GROUP BY category;
