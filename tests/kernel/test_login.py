"""The API key in a real kernel: the error without one, ``%runway_login``, and the refusal to put one into a cell."""

from __future__ import annotations

import json
import re

from support.cards import Card
from support.demo import FINISHED

KEY = "a-key-typed-by-hand"
REFUSAL = (
    "Do not put a key into a cell: it would be saved with the notebook. Set the environment variable APIKLEY_API_KEY, "
    "or run %runway_login, which asks for the key without showing it."
)


def test_missing_key_is_one_line(keyless_kernel):
    line = keyless_kernel.run(f"%runway {FINISHED}").error.traceback
    assert re.fullmatch("MissingKeyError: .*", line)
    assert "https://" in line
    assert "APIKLEY_API_KEY" in line


def test_login_hides_and_uses_the_key(keyless_kernel):
    kernel = keyless_kernel
    nothing = kernel.run("%runway_login", answers=[""])
    assert nothing.stdout == "No key was entered; nothing has changed.\n"
    assert kernel.run(f"%runway {FINISHED}").error.ename == "MissingKeyError"
    wrong = kernel.run("%runway_login", answers=["invalid-key"])
    assert [prompt["password"] for prompt in wrong.prompts] == [True]
    assert kernel.run(f"%runway {FINISHED}").error.ename == "AuthenticationError"
    right = kernel.run("%runway_login", answers=[f" {KEY} "])
    assert right.stdout == "The key is stored for this session only.\n"
    assert Card.shown(kernel, kernel.run(f"%runway {FINISHED}"))
    assert KEY not in json.dumps(kernel.messages, default=str)
    assert KEY not in kernel.run("print(*_ih)\n%history").stdout


def test_key_in_a_line_is_refused(kernel):
    result = kernel.run(f"%runway_login {KEY}")
    assert result.reply["ename"] == "UsageError"
    assert result.stderr == f"UsageError: {REFUSAL}\n"


def test_line_of_login(kernel):
    for line in (f"'{KEY}'", f"--key {KEY}", f"sk-'{KEY}", "{key}", f"# {KEY}\n%runway_login {KEY}"):
        assert kernel.run(f"%runway_login {line}", answers=["", ""]).stderr == f"UsageError: {REFUSAL}\n"
    assert kernel.run("%runway_login -h").stdout.startswith("usage: %runway_login ")


def test_key_in_config_is_refused(kernel):
    result = kernel.run(f"%config RunwayMagics.api_key = '{KEY}'")
    assert REFUSAL in result.stderr
    assert KEY not in result.stderr
    assert kernel.run("print(repr(get_ipython().magics_manager.registry['RunwayMagics'].api_key))").stdout == "''\n"
