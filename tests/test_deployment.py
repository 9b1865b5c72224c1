"""The Dockerfile and docs/kubernetes.md name what there is, and options that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from inspector.cli import command
from tests.inspector.captures import ROOT, SEED
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


_PAGE = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
_YAML = re.findall(r"```yaml\n(.*?)```", _PAGE, re.DOTALL)
_OTHERS = "command: [tcpdump]"
_DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")


def _instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", _DOCKERFILE, re.MULTILINE)


def _copied() -> set[str]:
    """Return what is copied from the repository, not from another stage."""
    lines = [line for line in _instructions("COPY") if not line.startswith("--from")]
    return {source for line in lines for source in line.split()[:-1]}


def _commands() -> list[list[str]]:
    """Return the arguments of every protocol-inspect in the samples of the shell."""
    blocks = re.findall(r"```sh\n(.*?)```", _PAGE, re.DOTALL)
    text = "".join(blocks).replace("\\\n", "")
    found = re.findall(r"(?:^|[|] |-- +)protocol-inspect (.*)$", text, re.MULTILINE)
    return [shlex.split(line) for line in found]


def _arguments(sample: dict[str, Any]) -> list[str]:
    """Return what a sample in YAML gives to protocol-inspect."""
    if "services" in sample:
        (given,) = [
            each["command"] for each in sample["services"].values() if "command" in each
        ]
    else:
        pod = sample["spec"]["template"]["spec"]
        (given,) = [each["args"] for each in pod["containers"] if "args" in each]
    return [str(each) for each in given]


@pytest.mark.parametrize("text", [each for each in _YAML if _OTHERS not in each])
def test_a_sample_gives_options_that_there_are(text: str) -> None:
    arguments = _arguments(yaml.safe_load(text))

    _parse(arguments)


def _parse(arguments: list[str]) -> None:
    """Parse a call, without running it."""
    name, *rest = arguments
    found = command.get_command(click.Context(command), name)
    found = found or command.get_command(click.Context(command), "report")
    assert found is not None
    found.make_context(name, rest if found.name == name else arguments)


def test_the_calls_in_the_samples_can_be_parsed() -> None:
    calls = _commands()

    assert len(calls) >= 5
    for call in calls:
        _parse(call)


def test_there_is_a_sample_of_a_pod_and_one_of_compose() -> None:
    samples = [yaml.safe_load(text) for text in _YAML]

    assert [sample.get("kind") for sample in samples] == [
        "Deployment",
        "DaemonSet",
        None,
    ]


def test_a_mount_has_its_volume_and_capture_its_right() -> None:
    pod = yaml.safe_load(_YAML[0])["spec"]["template"]["spec"]
    capture = pod["containers"][1]

    assert capture["securityContext"]["capabilities"]["add"] == ["NET_RAW"]
    mounts = {mount["name"] for mount in capture["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["volumes"]}


def test_what_is_copied_is_there_and_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}

    assert "*" in ignored
    for source in _copied():
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, each) for each in allowed), source


def test_all_that_the_package_is_built_of_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    setup, metadata = project["tool"]["setuptools"], project["project"]
    needed = {metadata["readme"], *metadata["license-files"], "pyproject.toml"}
    needed |= {name.partition(".")[0] for name in setup["packages"]}
    needed |= {file for files in setup["data-files"].values() for file in files}

    assert needed <= _copied()


def test_what_is_started_is_the_command() -> None:
    assert _instructions("ENTRYPOINT") == ['["protocol-inspect"]']


def test_the_copied_files_alone_inspect_a_capture(tmp_path: Path) -> None:
    for source in _copied() & {"protocol", "inspector", "servers"}:
        (tmp_path / source).symlink_to(ROOT / source)
    code = "import sys; from inspector.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, SEED],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        timeout=PATIENCE,
    )

    assert "Every message call took 2 packets" in done.stdout
