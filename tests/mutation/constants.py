#!/usr/bin/env python3
"""Changes each number in SwarmAutoscaler.Core in turn, in a copy, and lists those that no test notices.

    tests/mutation/constants.py [FOLDER]     FOLDER: only files below this folder of the project, such as Constraining

Numbers in comments, doc comments and texts are left out. A whole number becomes one more and one less, any other twice and half itself.
Exit code 0 when every change was noticed, else 1.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CORE = "src/SwarmAutoscaler.Core"
TESTS = "tests/SwarmAutoscaler.Core.Tests"
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\w)")
# What is not code: comments, and texts (of an interpolated one the holes are left out as well: they format, they do not decide).
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|\$?"(?:\\.|[^"\\\n])*"', re.DOTALL)


def changes(number):
    if number.isdigit():
        value = int(number)
        return [str(value + 1)] + ([str(value - 1)] if value > 0 else [])
    return [repr(float(number) * 2), repr(float(number) / 2)]


def mutants(folder):
    for file in sorted(folder.rglob("*.cs")):
        if {"obj", "bin"} & set(file.parts):
            continue
        text = file.read_text()
        code = NOT_CODE.sub(lambda match: " " * len(match.group()), text)
        for match in NUMBER.finditer(code):
            for changed in changes(match.group()):
                yield file, text, match, changed


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def noticed(copy):
    """By the compiler or by a test, and by which."""
    if run("dotnet", "build", "--no-restore", "--nologo", "-v", "q", f"{CORE}/SwarmAutoscaler.Core.csproj", cwd=copy).returncode:
        return "compiler"
    shutil.copy(copy / CORE / "bin/Debug/net10.0/SwarmAutoscaler.Core.dll", copy / TESTS / "bin/Debug/net10.0")
    try:
        return "test" if run("dotnet", "vstest", "--nologo", f"{TESTS}/bin/Debug/net10.0/SwarmAutoscaler.Core.Tests.dll", cwd=copy).returncode else None
    except subprocess.TimeoutExpired:
        return "time-out"


def main():
    with tempfile.TemporaryDirectory(prefix="constants-") as temporary:
        copy = pathlib.Path(temporary) / "repository"
        shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns("bin", "obj", ".git", "StrykerOutput"))
        if run("dotnet", "build", "--nologo", "-v", "q", TESTS, cwd=copy).returncode or noticed(copy):
            sys.exit("the tests fail before anything is changed")
        survivors = total = 0
        for file, text, match, changed in mutants(copy / CORE / (sys.argv[1] if len(sys.argv) > 1 else "")):
            file.write_text(text[:match.start()] + changed + text[match.end():])
            total += 1
            if not noticed(copy):
                survivors += 1
                line = text.count("\n", 0, match.start()) + 1
                print(f"{file.relative_to(copy)}:{line}: {match.group()} -> {changed}: {text.splitlines()[line - 1].strip()}", flush=True)
            file.write_text(text)
        print(f"{total} changes, {total - survivors} noticed, {survivors} not")
        sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
