"""What a single task id is: its shape, its spellings and the values that mean there is none."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from runway_nb.model.task_id import SHAPE, as_text, canonical, is_missing

A = "ee603959-debb-48d1-98c4-a6d1c717eba6"


@pytest.mark.parametrize(
    "value", [None, "", "  ", float("nan"), Decimal("nan"), pd.NA, pd.NaT, np.float64("nan"), np.datetime64("NaT")]
)
def test_missing_values(value):
    assert is_missing(value)
    assert as_text(value) is None


@pytest.mark.parametrize("value", ["a", 0, False, 1.5, [], {}, datetime(2026, 11, 1), UUID(A), np.array([1.0, 2.0])])  # noqa: DTZ001  # any
def test_present_values(value):
    assert not is_missing(value)


def test_frames_are_not_compared():
    assert not is_missing(pd.DataFrame({"a": [1, None]}))


@pytest.mark.parametrize("value", [A, f" {A}\n", UUID(A), np.str_(A)])
def test_id_as_text(value):
    assert as_text(value) == A
    assert type(as_text(value)) is str


@pytest.mark.parametrize(("value", "kind"), [(3, "int"), ([A], "list"), (b"x", "bytes")])
def test_other_types_are_no_ids(value, kind):
    with pytest.raises(TypeError) as raised:
        as_text(value)
    assert str(raised.value) == f"A task id must be a string, not {kind}."


def test_spellings_of_one_uuid():
    assert canonical(A) == canonical(A.upper()) == canonical(A.replace("-", "")) == canonical(f" {A} ")
    assert canonical("Ab1") != canonical("aB1")
    assert canonical("a-1") != canonical("a1")


@pytest.mark.parametrize(("text", "fits"), [(A, True), (A.replace("-", ""), True), (f"x{A}", False), (f"{A}0", False)])
def test_shape_of_an_id(text, fits):
    assert bool(SHAPE.search(text)) is fits
