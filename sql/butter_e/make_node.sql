-- Makes the type butter_e_node: which nodes do the runs name?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Makes: butter_e_node, an ENUM of the nodes in the order of their names.
-- Nodes are far more than the words of all other categories, which fit one byte without them.
CREATE OR REPLACE TYPE butter_e_node AS enum ( -- noqa: CV07
    SELECT DISTINCT node FROM read_parquet($file)
    WHERE node IS NOT NULL
    ORDER BY node
);
