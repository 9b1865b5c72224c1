"""What the tests need of the system is installed, or the line to run is printed."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = ROOT / "tests" / "tools.sh"
_BROKERS = ("nats-server", "redis-server", "mosquitto", "rabbitmq-server")
_PROGRAMS = ("tshark", "tcpdump", "tmux", "groff", "zsh", "fish", "chromium")
_LANGUAGES = {
    "ruby": "ruby",
    "go": "golang-go",
    "php": "php-cli",
    "rustc": "rustc",
    "javac": "default-jdk-headless",
    "mcs": "mono-mcs",
    "mono": "mono-runtime",
}
"""Each program, and the package that has it."""
_TOOLS = (*_PROGRAMS, *_LANGUAGES, *_BROKERS)
_PACKAGES = (*_PROGRAMS, *_LANGUAGES.values(), *_BROKERS)
_NAMED = (
    f"case $name in {' '.join(f'{p}) name={n};;' for n, p in _LANGUAGES.items())} esac"
)
"""Some packages are not named as their programs are."""
_SHELL = shutil.which("sh") or "/bin/sh"
_MAKE = shutil.which("make") or "make"
_LINK, _ENV, _TRUE = (shutil.which(name) for name in ("ln", "env", "true"))


class _System:
    """A machine that is nothing but a PATH: commands that write down how they ran."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.system_programs = folder / "sbin"
        self.log = folder / "log"
        self.systemd = folder / "systemd"  # which is there where systemd runs
        self.systemd.mkdir()
        self.programs.mkdir()
        self.system_programs.mkdir()
        self.log.touch()

    def add(self, name: str, body: str = "") -> None:
        program = self.programs / name
        program.write_text(f"#!{_SHELL}\n{body}\n", encoding="utf-8")
        program.chmod(0o755)

    def add_tools(self, *names: str) -> None:
        for name in names:
            self.add(name)

    def add_user(self, identity: int) -> None:
        self.add("id", f"echo {identity}")

    def add_sudo(self, *, asks: bool) -> None:
        body = f'echo "sudo $*" >>{self.log}\nshift\nexec "$@"'
        self.add("sudo", "exit 1" if asks else body)
        self.add("true", f"exec {_TRUE}")

    def add_apt(self, *, installs: bool = True) -> None:
        """Add an apt-get that makes a program for every word that ends a line."""
        link = f"{_LINK} -s {_SHELL} {self.programs}/$name"
        self.add("env", f'exec {_ENV} "$@"')
        self.add(
            "apt-get",
            f'echo "apt-get $* $DEBIAN_FRONTEND" >>{self.log}\n'
            f"for name do {_NAMED}; case $name in update|install|-*) ;; *) "
            f"{link if installs else ':'};; esac done",
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_SHELL, _SCRIPT],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={
                "PATH": str(self.programs),
                "SYSTEM_PROGRAMS": str(self.system_programs),
                "SYSTEMD": str(self.systemd),
            },
            timeout=PATIENCE,
        )

    def ran(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def system(tmp_path: Path) -> _System:
    return _System(tmp_path)


def test_nothing_happens_where_nothing_is_missing(system: _System) -> None:
    system.add_tools(*_TOOLS)

    done = system.run()

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_root_installs_what_is_missing_and_no_more(system: _System) -> None:
    system.add_tools("tcpdump")
    system.add_user(0)
    system.add_apt()

    done = system.run()

    assert (done.returncode, done.stderr) == (0, "")
    missing = " ".join(tool for tool in _PACKAGES if tool != "tcpdump")
    assert done.stdout == f"Installing {missing}\n"
    install = f"apt-get install --yes -qq --no-install-recommends {missing}"
    assert system.ran() == ["apt-get update -qq ", f"{install} noninteractive"]


def test_sudo_installs_where_it_asks_for_no_password(system: _System) -> None:
    system.add_user(1000)
    system.add_sudo(asks=False)
    system.add_apt()

    assert system.run().returncode == 0
    tools = " ".join(_PACKAGES)
    install = f"apt-get install --yes -qq --no-install-recommends {tools}"
    assert [line for line in system.ran() if line.startswith("sudo")] == [
        "sudo -n true",
        "sudo -n apt-get update -qq",
        f"sudo -n env DEBIAN_FRONTEND=noninteractive {install}",
    ]


@pytest.mark.parametrize("has_sudo", [False, True])
def test_who_may_not_install_is_given_the_line_to_run(
    system: _System, *, has_sudo: bool
) -> None:
    system.add_tools("tshark")
    system.add_user(1000)
    system.add_apt()
    if has_sudo:
        system.add_sudo(asks=True)

    done = system.run()

    assert (done.returncode, done.stdout, system.ran()) == (1, "", [])
    (line,) = re.findall(r"^    (.+)$", done.stderr, re.MULTILINE)
    assert line == (
        "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends"
        f" {' '.join(_PACKAGES[1:])}'"
    )


def test_a_system_without_apt_is_given_the_names(system: _System) -> None:
    system.add_tools(*_TOOLS[2:])
    system.add_user(0)

    done = system.run()

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("package manager:\n    tshark tcpdump\n")


def test_an_installation_that_changes_nothing_fails(system: _System) -> None:
    system.add_user(0)
    system.add_apt(installs=False)

    done = system.run()

    assert done.returncode == 1
    tools = " ".join(_PACKAGES)
    assert done.stderr == f"Still missing after their installation: {tools}\n"


def test_a_program_of_the_system_need_not_be_on_the_path(system: _System) -> None:
    system.add_tools(*_PROGRAMS, *_LANGUAGES)
    for broker in _BROKERS:
        (system.system_programs / broker).touch(mode=0o755)

    done = system.run()

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("broker", _BROKERS)
@pytest.mark.parametrize("code", [0, 1])
def test_the_service_of_an_installed_broker_is_stopped(
    system: _System, broker: str, code: int
) -> None:
    system.add_tools(*(tool for tool in _TOOLS if tool != broker))
    system.add_user(0)
    system.add_apt()
    system.add("systemctl", f'echo "systemctl $*" >>{system.log}\nexit {code}')

    done = system.run()

    assert done.returncode == 0
    stopped = [line for line in system.ran() if line.startswith("systemctl")]
    assert stopped == [f"systemctl disable --quiet --now {broker}"]
    assert (f"{broker} still runs as a service" in done.stderr) == bool(code)


def test_where_systemd_does_not_run_there_is_no_service_to_stop(
    system: _System,
) -> None:
    system.systemd.rmdir()
    system.add_tools(*_PROGRAMS)
    system.add_user(0)
    system.add_apt()
    system.add("systemctl", f'echo "systemctl $*" >>{system.log}\nexit 1')

    done = system.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert not [line for line in system.ran() if line.startswith("systemctl")]


def test_a_broker_that_was_there_is_left_alone(system: _System) -> None:
    system.add_tools(*_TOOLS[1:])
    system.add_user(0)
    system.add_apt()
    system.add("systemctl", f'echo "systemctl $*" >>{system.log}')

    assert system.run().returncode == 0
    assert not [line for line in system.ran() if line.startswith("systemctl")]


def test_a_failing_installation_fails(system: _System) -> None:
    system.add_user(0)
    system.add_apt()
    system.add("apt-get", "exit 100")

    assert system.run().returncode == 100


def test_make_sees_to_them_before_anything_else() -> None:
    planned = subprocess.run(
        [_MAKE, "--dry-run", "--no-print-directory", "test"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    ).stdout.splitlines()

    assert planned[0] == "tests/tools.sh"
    assert "pytest" in planned[-1]
