-- Makes the macro butter_e_selection: which runs pass all brushes?
-- Parameters: none
-- Makes: butter_e_selection(brushes), a table macro over butter_e_runs with all its columns. brushes is a
--     STRUCT with one field a brush, NULL for none: for a quantity {low, high, outside}, both ends included,
--     an open end infinite; for a category {among VARCHAR[], outside}; for a lasso in a plane of two
--     quantities {cells VARCHAR, outside}, 240 x 240 zeros and ones, the bin up running fastest. Where
--     outside is true, the brush admits what it would leave out.
-- A brush excludes the runs that have no value of its quantity, whichever way it is turned.
-- The brushes are constants of a question, so that DuckDB plans none of the conditions that are not set.
CREATE OR REPLACE MACRO butter_e_selection(brushes) AS TABLE
    SELECT * -- noqa: AM04
    FROM butter_e_runs
    WHERE
        (
            brushes['energy_j'] IS NULL
            OR if(
                brushes['energy_j']['outside'],
                NOT (energy_j BETWEEN brushes['energy_j']['low'] AND brushes['energy_j']['high']),
                (energy_j BETWEEN brushes['energy_j']['low'] AND brushes['energy_j']['high'])
            )
        )
        AND (
            brushes['run_time_s'] IS NULL
            OR if(
                brushes['run_time_s']['outside'],
                NOT (run_time_s BETWEEN brushes['run_time_s']['low'] AND brushes['run_time_s']['high']),
                (run_time_s BETWEEN brushes['run_time_s']['low'] AND brushes['run_time_s']['high'])
            )
        )
        AND (
            brushes['size'] IS NULL
            OR if(
                brushes['size']['outside'],
                NOT (size BETWEEN brushes['size']['low'] AND brushes['size']['high']),
                (size BETWEEN brushes['size']['low'] AND brushes['size']['high'])
            )
        )
        AND (
            brushes['depth'] IS NULL
            OR if(
                brushes['depth']['outside'],
                NOT (depth BETWEEN brushes['depth']['low'] AND brushes['depth']['high']),
                (depth BETWEEN brushes['depth']['low'] AND brushes['depth']['high'])
            )
        )
        AND (
            brushes['power_w'] IS NULL
            OR if(
                brushes['power_w']['outside'],
                NOT (power_w BETWEEN brushes['power_w']['low'] AND brushes['power_w']['high']),
                (power_w BETWEEN brushes['power_w']['low'] AND brushes['power_w']['high'])
            )
        )
        AND (
            brushes['j_per_datum'] IS NULL
            OR if(
                brushes['j_per_datum']['outside'],
                NOT (
                    j_per_datum
                    BETWEEN brushes['j_per_datum']['low'] AND brushes['j_per_datum']['high']
                ),
                (
                    j_per_datum
                    BETWEEN brushes['j_per_datum']['low'] AND brushes['j_per_datum']['high']
                )
            )
        )
        AND (
            brushes['working_set_bytes'] IS NULL
            OR if(
                brushes['working_set_bytes']['outside'],
                NOT (
                    working_set_bytes
                    BETWEEN brushes['working_set_bytes']['low'] AND brushes['working_set_bytes']['high']
                ),
                (
                    working_set_bytes
                    BETWEEN brushes['working_set_bytes']['low'] AND brushes['working_set_bytes']['high']
                )
            )
        )
        AND (
            brushes['started_s'] IS NULL
            OR if(
                brushes['started_s']['outside'],
                NOT (started_s BETWEEN brushes['started_s']['low'] AND brushes['started_s']['high']),
                (started_s BETWEEN brushes['started_s']['low'] AND brushes['started_s']['high'])
            )
        )
        AND (
            brushes['hardware'] IS NULL
            OR if(
                brushes['hardware']['outside'],
                NOT list_contains(brushes['hardware']['among'], hardware),
                list_contains(brushes['hardware']['among'], hardware)
            )
        )
        AND (
            brushes['dataset'] IS NULL
            OR if(
                brushes['dataset']['outside'],
                NOT list_contains(brushes['dataset']['among'], dataset),
                list_contains(brushes['dataset']['among'], dataset)
            )
        )
        AND (
            brushes['shape'] IS NULL
            OR if(
                brushes['shape']['outside'],
                NOT list_contains(brushes['shape']['among'], shape),
                list_contains(brushes['shape']['among'], shape)
            )
        )
        AND (
            brushes['status'] IS NULL
            OR if(
                brushes['status']['outside'],
                NOT list_contains(brushes['status']['among'], status),
                list_contains(brushes['status']['among'], status)
            )
        )
        AND (
            brushes['batch'] IS NULL
            OR if(
                brushes['batch']['outside'],
                NOT list_contains(brushes['batch']['among'], batch),
                list_contains(brushes['batch']['among'], batch)
            )
        )
        AND (
            brushes['node_type'] IS NULL
            OR if(
                brushes['node_type']['outside'],
                NOT list_contains(brushes['node_type']['among'], node_type),
                list_contains(brushes['node_type']['among'], node_type)
            )
        )
        AND (
            brushes['node'] IS NULL
            OR if(
                brushes['node']['outside'],
                NOT list_contains(brushes['node']['among'], node),
                list_contains(brushes['node']['among'], node)
            )
        )
        AND (
            brushes['optimizer'] IS NULL
            OR if(
                brushes['optimizer']['outside'],
                NOT list_contains(brushes['optimizer']['among'], optimizer),
                list_contains(brushes['optimizer']['among'], optimizer)
            )
        )
        AND (
            brushes['run_id'] IS NULL
            OR if(
                brushes['run_id']['outside'],
                NOT list_contains(brushes['run_id']['among'], run_id),
                list_contains(brushes['run_id']['among'], run_id)
            )
        )
        AND (
            brushes['batch_size'] IS NULL
            OR if(
                brushes['batch_size']['outside'],
                NOT list_contains(brushes['batch_size']['among'], batch_size::varchar),
                list_contains(brushes['batch_size']['among'], batch_size::varchar)
            )
        )
        AND (
            brushes['learning_rate'] IS NULL
            OR if(
                brushes['learning_rate']['outside'],
                NOT list_contains(brushes['learning_rate']['among'], learning_rate::varchar),
                list_contains(brushes['learning_rate']['among'], learning_rate::varchar)
            )
        )
        AND (
            brushes['run_time_energy'] IS NULL
            OR if(
                brushes['run_time_energy']['outside'],
                NOT (
                    get_bit(
                        brushes['run_time_energy']['cells']::bit,
                        240 * run_time_px::integer + energy_px
                    ) = 1
                ),
                (
                    get_bit(
                        brushes['run_time_energy']['cells']::bit,
                        240 * run_time_px::integer + energy_px
                    ) = 1
                )
            )
        );
