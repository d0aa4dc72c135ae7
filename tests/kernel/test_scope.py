"""Which variable a name in a magic's line means, in real kernels: that of the function that runs it."""

from __future__ import annotations

import pytest
from support.kernel import Kernel, Result

from runway_nb.simulator import Simulator

RUN = "ip.run_line_magic('runway', 'tid --json')"
CELL = "ip.run_cell_magic('runway', 'tid --json', 'taskId: in-cell-1')"
HIDDEN = (
    "The variable tid of the surrounding function has no value here. "
    "Pass it to the function that runs this line as an argument."
)


@pytest.fixture
def looked_up(kernel: Kernel, simulator: Simulator):
    """Run code in a kernel with a global `tid`; return the ids that were looked up, and the result."""

    def run(code: str) -> tuple[list[str], Result]:
        before = len(simulator.lookups)
        result = kernel.run(f"ip, tid, other = get_ipython(), 'global-1', 'other-1'\n{code}")
        return [each.task_id for each in simulator.lookups[before:]], result

    return run


@pytest.mark.parametrize(
    "code",
    [
        f"def f(tid): {RUN}\nf('local-1')",
        "def f(tid):\n    %runway tid --json\nf('local-1')",
        "def f(tid):\n    %runway {tid} --json\nf('local-1')",
        "def f(tid):\n    %runway $tid --json\nf('local-1')",
        "def f(n):\n    %runway local-{n} --json\nf(1)",
        "def f(tid):\n    %runway [tid] --json\nf('local-1')",
        "def f(tid):\n    %runway [each for each in [tid]] --json\nf('local-1')",
        "def f(tid):\n    %runway_report tid\nf('local-1')",
        "async def f(tid):\n    %runway tid --json\nawait f('local-1')",
        f"def f(tid): return [{RUN} for _ in '1']\nf('local-1')",
        f"def f(tid): return list({RUN} for _ in '1')\nf('local-1')",
        f"def f(ids): return [{RUN} for tid in ids]\nf(['local-1'])",
        f"[{RUN} for tid in ['local-1']]",
        f"(lambda tid: {RUN})('local-1')",
        f"def f(tid):\n    def g():\n        tid\n        {RUN}\n    g()\nf('local-1')",
        f"def f():\n    def g(tid): {RUN}\n    g('local-1')\nf()",
        f"class A:\n    tid = 'local-1'\n    {RUN}",
        f'exec("""def f(tid): {RUN}\nf(\'local-1\')""")',
        "def f(tid): ip.find_line_magic('runway')('tid --json')\nf('local-1')",
    ],
)
def test_local_variable_is_meant(looked_up, code: str):
    assert looked_up(code)[0] == ["local-1"]


def test_local_variable_of_a_cell_magic(looked_up):
    assert sorted(looked_up(f"def f(tid): {CELL}\nf('local-1')")[0]) == ["in-cell-1", "local-1"]


@pytest.mark.parametrize(
    "code",
    [
        RUN,
        "%runway tid --json",
        "if True:\n    %runway {tid} --json",
        f"def f(): {RUN}\nf()",
        f"def f(other):\n    def g(): {RUN}\n    g()\nf('local-1')",
        f"(lambda: {RUN})()",
        f"class A:\n    def f(self): {RUN}\nA().f()",
        "%time %runway tid --json",
    ],
)
def test_global_variable_where_no_function_binds_it(looked_up, code: str):
    assert looked_up(code)[0] == ["global-1"]


@pytest.mark.parametrize(
    "code",
    [
        f"def f(tid):\n    def g(): {RUN}\n    g()\nf('local-1')",
        f"def f(tid): return (lambda: {RUN})()\nf('local-1')",
        f"def f():\n    {RUN}\n    tid = 1\nf()",
        f"def f(tid):\n    def g():\n        def h(): {RUN}\n        h()\n    g()\nf('local-1')",
        f"def f(tid):\n    class A:\n        {RUN}\nf('local-1')",
        f"def f(tid):\n    class A:\n        def g(self): {RUN}\n    A().g()\nf('local-1')",
        f"def f(tid):\n    async def g(): {RUN}\n    return g()\nawait f('local-1')",
        "def f(tid):\n    def g():\n        %runway {tid}\n    g()\nf('local-1')",
        "def f(tid):\n    def g():\n        %runway x-{tid}\n    g()\nf('local-1')",
        "def f(tid):\n    def g():\n        %runway {[tid for tid in ['1']] + [tid]}\n    g()\nf('local-1')",
        f"def f(tid): return ({RUN} for _ in '1')\nlist(f('local-1'))",
    ],
)
def test_hidden_variable_is_refused(looked_up, code: str):
    ids, result = looked_up(code)

    assert ids == []
    assert result.stderr == f"UsageError: {HIDDEN}\n"


def test_nested_function_without_source(looked_up):
    ids, result = looked_up(f'exec("""def f(x):\n    def g(): {RUN}\n    g()\nf(1)""")')

    assert ids == []
    assert result.stderr == (
        "UsageError: The variable tid may belong to a surrounding function whose source is not available. "
        "Pass it to the function that runs this line as an argument.\n"
    )


def test_result_is_stored_for_the_user(looked_up, kernel: Kernel):
    looked_up("def f(name):\n    %runway local-1 local-2 --json -o {name}\nf('stored')")

    assert kernel.run("print(len(stored))").stdout == "2\n"
