#!/usr/bin/env python3
"""Lists the changes that no test noticed, from the report of a mutation run, and leaves out those that explained.txt explains.

    tests/mutation/survivors.py REPORT      a mutation-report.json of Stryker.NET

An explanation in explained.txt is a line "File.cs: original -> replacement" below a heading "# why"; blanks do not count, and "..." stands for the end of
a long text. Explanations that no survivor needs any more are listed too. Exit code 0 when every survivor is explained.
"""
import collections
import json
import pathlib
import re
import sys

EXPLAINED = pathlib.Path(__file__).with_name("explained.txt")


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def original(source, location):
    lines = source.splitlines()
    (first, start), (last, end) = ((location[at]["line"] - 1, location[at]["column"] - 1) for at in ("start", "end"))
    return lines[first][start:end] if first == last else " ".join([lines[first][start:], *lines[first + 1:last], lines[last][:end]])


def main():
    report = json.loads(pathlib.Path(sys.argv[1]).read_text())
    explained = {squeeze(line) for line in EXPLAINED.read_text().splitlines() if line.strip() and not line.startswith("#")}
    used, statuses, surprises = set(), collections.Counter(), []
    for path, file in sorted(report["files"].items()):
        for mutant in file["mutants"]:
            statuses[mutant["status"]] += 1
            if mutant["status"] not in ("Survived", "NoCoverage"):
                continue
            change = squeeze(f'{pathlib.Path(path).name}: {original(file["source"], mutant["location"])} -> {mutant["replacement"]}')
            matching = {line for line in explained if line == change or (line.endswith("...") and change.startswith(line[:-3]))}
            used |= matching
            if not matching:
                surprises.append(f'{path.split("SwarmAutoscaler.Core/")[-1]}:{mutant["location"]["start"]["line"]}: {change}')
    print("\n".join(surprises))
    for line in sorted(explained - used):
        print(f"explained, but noticed: {line}")
    noticed = statuses["Killed"] + statuses["Timeout"]
    missed = statuses["Survived"] + statuses["NoCoverage"]
    print(f'{noticed + missed} changes that compile and are reached or should be, {noticed} noticed, {missed} not, of these {len(surprises)} unexplained')
    sys.exit(1 if surprises else 0)


if __name__ == "__main__":
    main()
