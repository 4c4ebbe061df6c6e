-- Makes the type butter_e_word: which words do the categories of the runs take, nodes apart?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Makes: butter_e_word, an ENUM of every value of a category, in the order of the words: batch size and
--     learning rate are written as text.
-- A run then holds a byte for a name, and words are counted, compared and ordered as numbers. One type for
-- all categories lets a CASE choose among them without writing text. Compared with other text it is text.
CREATE OR REPLACE TYPE butter_e_word AS enum (  -- noqa: CV07
    SELECT hardware AS word FROM read_parquet($file)
    WHERE hardware IS NOT NULL
    UNION
    SELECT dataset AS word FROM read_parquet($file)
    WHERE dataset IS NOT NULL
    UNION
    SELECT shape AS word FROM read_parquet($file)
    WHERE shape IS NOT NULL
    UNION
    SELECT status AS word FROM read_parquet($file)
    WHERE status IS NOT NULL
    UNION
    SELECT batch AS word FROM read_parquet($file)
    WHERE batch IS NOT NULL
    UNION
    SELECT node_type AS word FROM read_parquet($file)
    WHERE node_type IS NOT NULL
    UNION
    SELECT optimizer AS word FROM read_parquet($file)
    WHERE optimizer IS NOT NULL
    UNION
    SELECT batch_size::smallint::varchar AS word FROM read_parquet($file)
    WHERE batch_size IS NOT NULL
    UNION
    SELECT learning_rate::float::varchar AS word FROM read_parquet($file)
    WHERE learning_rate IS NOT NULL
    ORDER BY word
);
