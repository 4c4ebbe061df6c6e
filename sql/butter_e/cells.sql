-- What did runs of the same settings on the same type of node take?
-- Parameters: none
-- Columns: family VARCHAR, dataset VARCHAR, size INTEGER, depth TINYINT, shape VARCHAR, node_type VARCHAR,
--     optimizer VARCHAR, batch_size SMALLINT, learning_rate FLOAT, run_count BIGINT, ln_energy DOUBLE,
--     ln_run_time DOUBLE, ln_power DOUBLE, cell UINTEGER
-- One row per cell of butter_e_cells, by number.
SELECT
    family,
    dataset::VARCHAR AS dataset,
    size,
    depth,
    shape::VARCHAR AS shape,
    node_type::VARCHAR AS node_type,
    optimizer::VARCHAR AS optimizer,
    batch_size,
    learning_rate,
    run_count,
    ln_energy,
    ln_run_time,
    ln_power,
    cell
FROM butter_e_cells
ORDER BY cell;
