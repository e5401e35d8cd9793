"""Does what an editor does with the files of `lintel init --ide`: starts the machine, connects its debugger, runs to a
breakpoint, prints where that was, and ends the machine.

usage: editor.py vscode|clion|lldb FOLDER BREAKPOINT SCRIPT COMMAND
BREAKPOINT is FILE:LINE. Where a file names the program SCRIPT, COMMAND is started in its place.
"""
import json
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

editor, folder, breakpoint, script, command = sys.argv[1:]
folder = Path(folder)


def start_machine(words, ready):
    """The machine, once it has printed a line that the pattern `ready` finds."""
    words = [command if word == script else word for word in words]
    machine = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    said = ""
    for line in machine.stdout:
        said += line
        if re.search(ready, line):
            return machine
    sys.exit(f"{words} ended: {said}")


def vscode():
    def whole(value):
        return value.replace("${workspaceFolder}", str(folder))

    launch = json.loads((folder / ".vscode/launch.json").read_text())["configurations"][0]
    tasks = json.loads((folder / ".vscode/tasks.json").read_text())["tasks"]
    task = next(task for task in tasks if task["label"] == launch["preLaunchTask"])
    machine = start_machine([whole(word) for word in [task["command"], *task["args"]]],
                            task["problemMatcher"]["background"]["endsPattern"])
    # As cppdbg's engine sends it for a launch with an address (MIEngine, DebuggedProcess.GetInitializeCommands).
    lines = [whole(setup["text"]) for setup in launch["setupCommands"]]
    lines += ['-interpreter-exec console "set pagination off"',
              "-environment-cd " + json.dumps(whole(launch["cwd"]), ensure_ascii=False),
              "-file-exec-and-symbols " + json.dumps(whole(launch["program"]), ensure_ascii=False),
              "-break-insert main",
              "-target-select remote " + launch["miDebuggerServerAddress"],
              "-break-insert -f " + breakpoint,
              "-exec-continue"]
    gdb = subprocess.Popen([launch["MIMode"], "-nx", "-q", "--interpreter=mi"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""

    def read_until(pattern):
        nonlocal said
        for line in gdb.stdout:
            said += line
            if re.match(pattern, line):
                return line
        sys.exit(said)

    for line in lines:
        gdb.stdin.write(line + "\n")
        gdb.stdin.flush()
        answer = read_until(r"\^(done|running|connected|error)")
        if answer.startswith("^error") and line != "-break-insert main":
            sys.exit(said)
    print(read_until(r'\*stopped,reason="breakpoint-hit"'))
    gdb.stdin.write('-interpreter-exec console "help lintel page"\n-interpreter-exec console "kill"\n-gdb-exit\n')
    gdb.stdin.flush()
    print(gdb.stdout.read())
    return machine


def clion():
    def configuration(kind):
        for file in folder.glob(".run/*.run.xml"):
            found = xml.parse(file).getroot().find("configuration")
            if found.get("type") == kind:
                return found
        sys.exit(f"no configuration of type {kind}")

    shell = configuration("ShConfigurationType")
    text = next(option.get("value") for option in shell if option.get("name") == "SCRIPT_TEXT")
    machine = start_machine(shlex.split(text), "^lintel: waiting ")
    debug = configuration("CLion_Remote")
    kernel = debug.get("symbolFile").replace("$PROJECT_DIR$", str(folder))
    lines = [f"target remote {debug.get('remoteCommand')}", f"break {breakpoint}", "continue", "kill"]
    gdb = ["gdb", "-nx", "-q", "-batch", kernel] + [word for line in lines for word in ("-ex", line)]
    print(subprocess.run(gdb, capture_output=True, text=True).stdout)
    return machine


def lldb():
    file = folder / "lintel.lldb"
    machine = start_machine(shlex.split(file.read_text().splitlines()[1].removeprefix("# ")), "^lintel: waiting ")
    name, number = breakpoint.split(":")
    lines = [f"breakpoint set --file {name} --line {number}", "continue", "thread backtrace", "process kill"]
    words = ["lldb-19", "--no-lldbinit", "--batch", "--source", file.name]
    words += [word for line in lines for word in ("--one-line", line)]
    print(subprocess.run(words, cwd=folder, capture_output=True, text=True).stdout)
    return machine


machine = {"vscode": vscode, "clion": clion, "lldb": lldb}[editor]()
machine.stdout.read()
sys.exit(machine.wait())
