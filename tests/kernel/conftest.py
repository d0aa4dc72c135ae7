"""Fixtures for the magics: one simulator and one kernel with the extension loaded for each module."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def simulator(module_simulator):
    return module_simulator


@pytest.fixture(scope="module")
def kernel(module_kernel):
    """A kernel with the extension loaded."""
    return module_kernel


@pytest.fixture
def keyless_kernel(start_kernel):
    """A kernel with the extension loaded and without a key, for one test."""
    kernel = start_kernel(APIKLEY_API_KEY=None)
    kernel.run("%load_ext runway_nb")
    return kernel
