"""The linter lints sources together, and misses nothing by that: it is to find what is planted in a small tree.

Invariant: each finding is planted once, and so is to be named once, in its own file.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(sys.argv[1])

SOUND = {
    "runner/shared.hpp": "#pragma once\nnamespace tree { struct Shared { int value; }; }\n",
    "runner/first.cpp": '#include "runner/shared.hpp"\nnamespace tree {\nnamespace { int lock = 1; }\n'
                        "int first() { return lock; }\n}\n",
    "runner/clashing.cpp": "namespace tree {\nnamespace { bool lock() { return true; } }\n"
                           "bool second() { return lock(); }\n}\n",
    "runner/last.cpp": '#include "runner/shared.hpp"\nnamespace tree {\n'
                       "int last(const Shared& shared) { return shared.value; }\n}\n",
    "kernel/other_options.cpp": "int other() { return 1; }\n",
}

# file, what it is to have in place of what a sound one has, and the check that is to say so
PLANTED = [
    ("runner/shared.hpp", "struct Shared", "typedef int Number; struct Shared", "modernize-use-using"),
    ("runner/first.cpp", "return lock", "return lock - lock", "misc-redundant-expression"),
    ("runner/clashing.cpp", "return lock()", "return lock() && lock()", "misc-redundant-expression"),
    ("runner/last.cpp", "int last", "typedef int Number;\nint last", "modernize-use-using"),
    ("kernel/other_options.cpp", "return 1", "int* none = 0; return none == nullptr", "modernize-use-nullptr"),
]

# What the linter sees in the main file only.
MAIN_FILE_ONLY = {
    "runner/name.cpp": ("namespace far { struct Thing; }\nusing far::Thing;\n", "misc-unused-using-decls"),
    "runner/alias.cpp": ("namespace far { struct Thing; }\nnamespace near = far;\n", "misc-unused-alias-decls"),
    "runner/condition.cpp": ("#ifdef __x86_64__\n#ifdef __x86_64__\nint condition = 1;\n#endif\n#endif\n",
                             "readability-redundant-preprocessor"),
}


def lint(files):
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name).resolve()
        (tree / "tools").mkdir()
        shutil.copy(PROJECT / "tools/lint", tree / "tools")
        shutil.copy(PROJECT / ".clang-tidy", tree)
        commands = []
        for file, text in files.items():
            (tree / file).parent.mkdir(exist_ok=True)
            (tree / file).write_text(text)
            option = "-O2" if file.startswith("runner/") else "-O1"
            if file.endswith(".cpp"):
                command = f"ccache clang++-19 -std=c++23 -I{tree} {option} -o {file}.o -c {tree / file}"
                commands.append({"directory": str(tree), "file": str(tree / file), "command": command})
        (tree / "build").mkdir()
        (tree / "build/compile_commands.json").write_text(json.dumps(commands))
        run = subprocess.run([tree / "tools/lint", tree / "build", *[command["file"] for command in commands]],
                             stdout=subprocess.PIPE, text=True)
        finding = re.compile(rf"^{re.escape(str(tree))}/([^:]+):.*: (?:error|warning): .*\[([a-z-]+)", re.MULTILINE)
        return run.returncode, sorted(finding.findall(run.stdout)), run.stdout


def expect(what, files, status, findings):
    got = lint(files)
    if got[:2] != (status, sorted(findings)):
        sys.exit(f"{what}: status {status} and {findings} expected, not {got[0]} and {got[1]}:\n{got[2]}")


expect("a sound tree", SOUND, 0, [])
defective = SOUND | {file: text for file, (text, _) in MAIN_FILE_ONLY.items()}
for file, sound, planted, check in PLANTED:
    assert sound in SOUND[file]
    defective[file] = defective[file].replace(sound, planted)
expect("a defect in each file", defective, 1,
       [(file, check) for file, _, _, check in PLANTED]
       + [(file, check) for file, (_, check) in MAIN_FILE_ONLY.items()])
expect("a source that does not compile", SOUND | {"runner/last.cpp": "int last() { return nothing; }\n"}, 1,
       [("runner/last.cpp", "clang-diagnostic-error")])
