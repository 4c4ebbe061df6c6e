-- Makes the macro butter_e_selection: which runs pass all brushes?
-- Parameters: none
-- Makes: butter_e_selection(brushes), a table macro over butter_e_runs with all its columns. brushes is a
--     STRUCT with one field a brush, NULL for none: for a quantity {low, high, outside}, both ends included,
--     an open end infinite; for a category {among VARCHAR[], outside}; for a lasso in a plane of two
--     quantities {cells VARCHAR, outside}, 240 x 240 zeros and ones, the bin up running fastest. Where
--     outside is true, the brush admits what it would leave out.
-- A brush excludes the runs that have no value of its quantity, whichever way it is turned.
-- The brushes are constants of a question, so that the scan makes the comparisons of those that are set. Each
-- condition stands on one line, which names its brush: data/butter_e_selection.py takes the others away, for
-- DuckDB needs 5 ms to find out that most of them are not set.
-- Needs the macros passes_range, passes_set, passes_word and passes_lasso.
CREATE OR REPLACE MACRO butter_e_selection(brushes) AS TABLE
    SELECT * -- noqa: AM04
    FROM butter_e_runs
    WHERE
        TRUE
        AND passes_range(brushes['energy_j'], energy_j)
        AND passes_range(brushes['run_time_s'], run_time_s)
        AND passes_range(brushes['size'], size::double)
        AND passes_range(brushes['depth'], depth::double)
        AND passes_range(brushes['power_w'], power_w)
        AND passes_range(brushes['j_per_datum'], j_per_datum)
        AND passes_range(brushes['working_set_bytes'], working_set_bytes)
        AND passes_range(brushes['started_s'], started_s)
        AND passes_word(brushes['hardware'], hardware)
        AND passes_word(brushes['dataset'], dataset)
        AND passes_word(brushes['shape'], shape)
        AND passes_word(brushes['status'], status)
        AND passes_word(brushes['batch'], batch)
        AND passes_word(brushes['node_type'], node_type)
        AND passes_set(brushes['node'], try_cast(brushes['node']['among'] AS butter_e_node[]), node)
        AND passes_word(brushes['optimizer'], optimizer)
        AND passes_set(brushes['batch_size'], brushes['batch_size']['among']::smallint[], batch_size)
        AND passes_set(brushes['learning_rate'], brushes['learning_rate']['among']::float[], learning_rate)
        AND passes_set(brushes['run_id'], brushes['run_id']['among'], run_id)
        AND passes_lasso(brushes['run_time_energy'], run_time_px, energy_px);
