-- Makes the macro butter_e_marked: which of the selected runs lie in a mark?
-- Parameters: none
-- Makes: butter_e_marked(brushes, mark), a table macro over butter_e_runs with all its columns: what passes
--     all of brushes and all of mark, both as for butter_e_selection.
-- The conditions are those of make_selection.sql once more: two brushes of one quantity are not always one
-- brush, and joining two selections on their runs takes seconds with ten million of them.
-- Needs butter_e_selection and the macros passes_range, passes_set, passes_word and passes_lasso.
CREATE OR REPLACE MACRO butter_e_marked(brushes, mark) AS TABLE
    SELECT * -- noqa: AM04
    FROM butter_e_selection(brushes)
    WHERE
        passes_range(mark['energy_j'], energy_j)
        AND passes_range(mark['run_time_s'], run_time_s)
        AND passes_range(mark['size'], size::double)
        AND passes_range(mark['depth'], depth::double)
        AND passes_range(mark['power_w'], power_w)
        AND passes_range(mark['j_per_datum'], j_per_datum)
        AND passes_range(mark['working_set_bytes'], working_set_bytes)
        AND passes_range(mark['started_s'], started_s)
        AND passes_word(mark['hardware'], hardware)
        AND passes_word(mark['dataset'], dataset)
        AND passes_word(mark['shape'], shape)
        AND passes_word(mark['status'], status)
        AND passes_word(mark['batch'], batch)
        AND passes_word(mark['node_type'], node_type)
        AND passes_set(mark['node'], try_cast(mark['node']['among'] AS butter_e_node[]), node)
        AND passes_word(mark['optimizer'], optimizer)
        AND passes_set(mark['batch_size'], mark['batch_size']['among']::smallint[], batch_size)
        AND passes_set(mark['learning_rate'], mark['learning_rate']['among']::float[], learning_rate)
        AND passes_set(mark['run_id'], mark['run_id']['among'], run_id)
        AND passes_lasso(mark['run_time_energy'], run_time_px, energy_px);
