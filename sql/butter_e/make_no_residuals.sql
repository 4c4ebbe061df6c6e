-- Makes butter_e_residuals empty, so that it takes no memory once the runs hold their scores.
-- Parameters: none
-- Makes: butter_e_residuals, without rows.
-- Needs butter_e_residuals.
CREATE OR REPLACE TABLE butter_e_residuals AS
SELECT * -- noqa: AM04
FROM butter_e_residuals
WHERE false;
