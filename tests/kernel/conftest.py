"""Fixtures for the magics: one simulator and one kernel with the extension loaded for each module."""

from __future__ import annotations

import pytest
from support.cards import loaded_kernel

from runway_nb.simulator import Simulator


@pytest.fixture(scope="module")
def simulator():
    with Simulator(pace=5) as running:
        yield running


@pytest.fixture(scope="module")
def kernel(simulator, tmp_path_factory):
    """A kernel with the extension loaded."""
    with loaded_kernel(tmp_path_factory.mktemp("kernel"), simulator.base_url) as kernel:
        yield kernel


@pytest.fixture
def keyless_kernel(start_kernel):
    """A kernel with the extension loaded and without a key, for one test."""
    kernel = start_kernel(APIKLEY_API_KEY=None)
    kernel.run("%load_ext runway_nb")
    return kernel
