-- What do the chosen columns say of each selected run?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $columns (VARCHAR[], names of columns of butter_e_runs)
-- Columns: is_gpu BOOLEAN
-- One row per run, in no order: is_gpu and, beside it, each column of butter_e_runs that is named, in the
-- order and type of that table.
-- For what DuckDB aggregates more slowly than it hands over bytes, such as the pairs of many axes; see
-- docs/decisions/0004. Binding a list keeps the names out of the text, and the plan short.
SELECT COLUMNS(LAMBDA name: name = 'is_gpu' OR list_contains($columns, name))
FROM butter_e_selection($brushes);
