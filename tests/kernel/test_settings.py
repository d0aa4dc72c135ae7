"""``%config RunwayMagics.…`` in a real kernel: a refused value changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.demo import FINISHED
from support.environment import TEST_KEY
from support.kernel import Kernel

EVERYWHERE = (
    "ip = get_ipython()\n"
    "print([dict(each.config['RunwayMagics']) for each in (ip, *ip.configurables) if each.config.get('RunwayMagics')])"
)
MISTAKE = "a-key-set-by-mistake"
KEY = "__import__('os').environ['APIKLEY_API_KEY']"


@pytest.fixture
def fresh_kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    kernel = start_kernel()
    kernel.run("%load_ext runway_nb")
    return kernel


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("interval = 0.1", "interval must be at least 1 s and at most a day, not 0.1 s."),
        ("interval = float('nan')", "interval must be at least 1 s and at most a day, not nan s."),
        ("timeout = float('inf')", "timeout must be at least 1 s and at most 30 days, not inf s."),
        ("timeout = 0", "timeout must be at least 1 s and at most 30 days, not 0 s."),
        ("width = 10", "width must be at least 200 pixels and at most 10000 pixels, not 10 pixels."),
        ("width = 10**40", f"and at most 10000 pixels, not {10**40} pixels."),
        ("interval = True", "interval must be a number, not True."),
        ("width = True", "width must be a number, not True."),
        ("max_rate = 10**400", "at most 1000 per second, not a number of more than 60 digits."),
        ("timeout = -(10**5000)", "at most 30 days, not a number of more than 60 digits."),
        ("max_rate = 0", "max_rate must be at least 0.1 per second and at most 1000 per second, not 0 per second."),
        (
            "media_networks = ['fd00::/8', '10.0.0']",
            "media_networks: '10.0.0' is not a network. Use one such as 10.0.0.0/8 or fd00::/8.",
        ),
        ("media_networks = ['10.0.0.0/8', '\\x1b[2J']", "media_networks: '\\x1b[2J' is not a network."),
        ("media_networks = None", 'media_networks must be a list of networks, such as ["10.0.0.0/8"].'),
        ("media_networks = [10]", 'media_networks must be a list of networks, such as ["10.0.0.0/8"].'),
        ("watch = 'yes'", "The 'watch' trait of a RunwayMagics instance expected a boolean, not the str 'yes'."),
        (f"api_key = '{MISTAKE}'", "Do not put a key into a cell"),
        (f"api_key = ['{MISTAKE}']", "Do not put a key into a cell"),
        (f"base_url = 'https://user:{MISTAKE}@host'", "A base URL must not contain a user name or password."),
        (f"interval = {KEY}", "The 'interval' trait of a RunwayMagics instance expected a float, not the str '[key]'."),
        (
            f"history = [{KEY}]",
            "The 'history' trait of a RunwayMagics instance expected a boolean, not the list ['[key]'].",
        ),
        (f"media_networks = {KEY}", "media_networks: '[key]' is not a network."),
        ("base_url = 'nonsense'", "The base URL is incomplete: it needs https:// and a host."),
        ("base_url = 'http://example.com'", "http://example.com would send the key unencrypted."),
    ],
)
def test_refused_value_changes_nothing(kernel: Kernel, setting: str, message: str):
    name = setting.partition(" ")[0]
    before = kernel.run(f"%config RunwayMagics.{name}").values[0]["data"]
    configured = kernel.run(EVERYWHERE).stdout

    result = kernel.run(f"%config RunwayMagics.{setting}")

    assert message in result.stderr
    assert not [key for key in (MISTAKE, TEST_KEY) if key in str(result.messages[2:])]  # the first ones repeat the cell
    assert result.stderr.count("\n") == 1
    assert kernel.run(f"%config RunwayMagics.{name}").values[0]["data"] == before
    assert kernel.run(EVERYWHERE).stdout == configured
    assert kernel.run(f"%reload_ext runway_nb\n%runway {FINISHED}").displays


def test_good_value_before_a_refused_one_stays(fresh_kernel: Kernel):
    fresh_kernel.run("%config RunwayMagics.interval = 2.5\n%config RunwayMagics.interval = 0.1")

    assert set(fresh_kernel.run(EVERYWHERE).stdout.strip("[]\n").split(", ")) == {"{'interval': 2.5}"}
    fresh_kernel.run("%reload_ext runway_nb")
    assert fresh_kernel.run("%config RunwayMagics.interval").values[0]["data"]["text/plain"] == "2.5"


def test_bad_configuration_file_costs_a_sentence(start_kernel: Callable[..., Kernel]):
    kernel = start_kernel()
    folder = Path(kernel.run("print(get_ipython().profile_dir.location)").stdout.strip())
    (folder / "ipython_kernel_config.py").write_text(
        "c = get_config()\nc.RunwayMagics.interval = 0.1\nc.RunwayMagics.width = 320\n"
        f"c.RunwayMagics.api_key = '{MISTAKE}'\nc.InteractiveShellApp.extensions = []\n"
    )
    kernel = start_kernel()

    result = kernel.run("%load_ext runway_nb")

    assert "The configured RunwayMagics.interval is not used: interval must be at least 1 s" in result.stderr
    assert "The configured RunwayMagics.api_key is not used: Do not put a key into a cell" in result.stderr
    assert result.stderr.count("\n") == 2
    assert kernel.run("%config RunwayMagics.interval").values[0]["data"]["text/plain"] == "5.0"
    assert kernel.run("%config RunwayMagics.width").values[0]["data"]["text/plain"] == "320"
    assert MISTAKE not in kernel.run(EVERYWHERE).stdout
    assert kernel.run("%reload_ext runway_nb").stderr == ""


def test_networks_of_media_count_until_the_extension_is_unloaded(fresh_kernel: Kernel):
    networks = "from runway_nb.service.overrides import media_networks\nprint(media_networks())"

    assert fresh_kernel.run(networks).stdout == "()\n"
    fresh_kernel.run("%config RunwayMagics.media_networks = ['10.1.2.3/8', 'fd00::1']")
    assert fresh_kernel.run(networks).stdout == "('10.0.0.0/8', 'fd00::1/128')\n"
    fresh_kernel.run("%reload_ext runway_nb")
    assert fresh_kernel.run(networks).stdout == "('10.0.0.0/8', 'fd00::1/128')\n"
    fresh_kernel.run("%config RunwayMagics.media_networks = '192.168.0.0/24'")
    assert fresh_kernel.run(networks).stdout == "('192.168.0.0/24',)\n"
    fresh_kernel.run("%unload_ext runway_nb")
    assert fresh_kernel.run(networks).stdout == "()\n"
