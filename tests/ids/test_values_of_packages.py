"""Task ids are read from the tables, columns and rows of polars, pyarrow, DuckDB and SQLAlchemy."""

import duckdb
import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy

from runway_nb.ids.reading import Found, read

A = "ee603959-debb-48d1-98c4-a6d1c717eba6"
B = "485da89c-7fca-4340-8c04-101025b2ae71"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

VALUES = {
    "polars frame": (pl.DataFrame({"task_id": [A, None], "api_key": [KEY, KEY]}), [A]),
    "polars column": (pl.Series("job", [A, None, B]), [A, B]),
    "polars column of a credential": (pl.Series("api_key", [A]), []),
    "polars column of structs": (pl.DataFrame({"x": [{"task_id": A, "token": KEY}]})["x"], [A]),
    "arrow table": (pa.table({"task_id": [A], "api_key": [KEY]}), [A]),
    "arrow record batch": (pa.record_batch({"job": [A], "api_key": [KEY]}), [A]),
    "arrow array": (pa.array([A, None]), [A]),
    "arrow chunked array": (pa.chunked_array([[A], [B]]), [A, B]),
    "arrow scalar": (pa.scalar(A), [A]),
}


@pytest.mark.parametrize(("value", "ids"), VALUES.values(), ids=VALUES)
def test_columns(value, ids):
    assert read(value) == Found(ids)


def test_sqlalchemy_rows():
    engine = sqlalchemy.create_engine("sqlite://")
    query = sqlalchemy.text("SELECT :id AS task_id, :key AS api_key, 3 AS n")
    with engine.connect() as connection:
        rows = connection.execute(query, {"id": A, "key": KEY}).fetchall()
    engine.dispose()

    assert read(rows) == read(rows[0]) == Found([A])


def test_polars_query():
    with pytest.raises(ValueError, match="query") as raised:
        read(pl.LazyFrame({"task_id": [A]}))
    assert str(raised.value) == (
        "A LazyFrame is a query whose result is not known yet. Give the result, such as value.collect()."
    )


def test_duckdb_relation():
    with duckdb.connect() as connection, pytest.raises(ValueError, match=r"such as value\.fetchall\(\)"):
        read(connection.sql("SELECT 'x' AS task_id"))
