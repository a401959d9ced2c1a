"""pyproject.toml, constraints.txt, environment.yml and README say the same, on every platform."""

import re
import tomllib
from importlib import metadata
from itertools import product
from pathlib import Path

import pytest
import run
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import celib

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PINS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.lstrip().startswith("#")
]

PYTHONS = [f"3.{minor}" for minor in range(run.OLDEST[1], run.NEWEST[1] + 1)]
PLATFORMS = {
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "Mac": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Mac with Intel": {"sys_platform": "darwin", "platform_machine": "x86_64", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
}
MACHINES = [
    pytest.param(
        {"python_version": python, "python_full_version": f"{python}.9", **PLATFORMS[name]},
        id=f"{name}, {python}",
    )
    for name, python in product(PLATFORMS, PYTHONS)
]


def holds(requirement, machine):
    return requirement.marker is None or requirement.marker.evaluate(machine)


def pinned_on(machine):
    """Name to version, on that machine; two pins of one package are an error of their own."""
    pinned = {}
    for pin in PINS:
        if holds(pin, machine):
            name = canonicalize_name(pin.name)
            assert name not in pinned, f"{name} is pinned twice"
            pinned[name] = str(pin.specifier).removeprefix("==")
    return pinned


def required(extras=EXTRAS):
    lines = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
    return [Requirement(line) for line in lines]


def test_constraints_are_exact_pins_from_no_particular_place():
    for pin in PINS:
        assert pin.url is None
        assert not pin.extras
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), f"not an exact pin: {pin}"


@pytest.mark.parametrize("machine", MACHINES)
def test_every_requirement_is_pinned_within_its_range(machine):
    pinned = pinned_on(machine)
    for requirement in required():
        if holds(requirement, machine):
            name = canonicalize_name(requirement.name)
            assert name in pinned, f"{name} of pyproject.toml is not in constraints.txt"
            assert requirement.specifier.contains(pinned[name]), f"{requirement}: {pinned[name]}"


def needed_here(requirements):
    """The names of all packages that these bring along on this machine, themselves included."""
    seen, waiting = set(), [each for each in requirements if holds(each, {})]
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), *sorted(requirement.extras))
        if key not in seen:
            seen.add(key)
            for line in metadata.requires(requirement.name) or []:
                dependency = Requirement(line)
                if any(holds(dependency, {"extra": each}) for each in ("", *requirement.extras)):
                    waiting.append(dependency)
    return {name for name, *_ in seen}


def test_what_the_requirements_bring_along_is_pinned_too():
    # PyTorch is left out: it need not be installed, and pins its own CUDA packages.
    assert needed_here(required(["lab", "test"])) <= set(pinned_on({}))


def test_the_oldest_python_is_the_same_everywhere():
    oldest = ".".join(map(str, run.OLDEST))
    assert PROJECT["requires-python"] == f">={oldest}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == oldest
    for name in ("README.md", "Makefile", "tools/run.py"):
        text = (ROOT / name).read_text(encoding="utf-8")
        said = re.findall(r"Python (3\.\d+) or newer", text)
        assert said, f"{name} does not say which Python is needed"
        assert set(said) == {oldest}, name
    assert f"--python-version {oldest}" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_classifiers_name_the_pythons_that_the_setup_looks_for():
    prefix = "Programming Language :: Python :: 3."
    named = [each.removeprefix(prefix) for each in PROJECT["classifiers"] if prefix in each]
    assert [f"3.{minor}" for minor in named] == PYTHONS


def test_conda_installs_what_make_lab_installs():
    assert CONDA["name"] == PROJECT["name"]
    python, pip, pip_lines = CONDA["dependencies"]
    assert pip == "pip"
    # Everything but Python comes from the same pins; conda runs pip beside environment.yml.
    assert pip_lines == {"pip": ["-c constraints.txt", "-e .[lab]"]}
    assert run.COMMANDS["lab"][1] == {"lab"}
    # "python=3.12", the one form that Binder understands
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert version in PYTHONS
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)


def test_every_command_needs_extras_that_exist():
    for _, extras in run.COMMANDS.values():
        assert extras <= set(EXTRAS)


def test_each_part_of_make_test_has_the_options_of_pytest_itself():
    always = PYPROJECT["tool"]["pytest"]["ini_options"]["addopts"]
    said = {
        option.removeprefix("addopts=")
        for _, command in run.test("python", [])
        for option in command
        if option.startswith("addopts=")
    }
    assert said == {" ".join(option for option in always if option != "--doctest-modules")}


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert celib.__version__ == PROJECT["version"] == citation["version"]
