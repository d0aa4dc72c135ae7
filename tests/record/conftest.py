"""The file of a record, and a record in which nothing may warn."""

import warnings

import pytest
from support.recording import history_in

from runway_nb.record.history import FILE_NAME


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ipython" / "profile_default" / FILE_NAME


@pytest.fixture
def history(path):
    history = history_in(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield history
    history.close()
