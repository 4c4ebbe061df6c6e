-- Makes butter_e_networks: the networks of BUTTER-E with their work and the bytes that they keep at hand.
-- Parameters: $file (VARCHAR, path of datasets/butter_e/networks.parquet)
-- Makes: butter_e_networks, one row per dataset, shape, size, depth and batch_size; columns as listed in
--     datasets/butter_e/README.md. At depth 2 all shapes are one network and only 'rectangle' has a row.
-- Nothing in it was measured. Networks of 201_pol ran with 26 inputs and 11 outputs: their widths and
-- parameters are those, their work and bytes count the 48 features of pmlb.csv, as published.
CREATE OR REPLACE TABLE butter_e_networks AS
SELECT * -- noqa: AM04
FROM read_parquet($file);
