"""Runs Pulumi for a program in Python, without Pulumi's language host for it: run_program.py up|destroy STACK

The Automation API has Python itself be the host. The program is __main__.py of the current folder, with Pulumi.yaml beside
it.
"""

import runpy
import sys

from pulumi import automation


def program() -> None:
    """What the engine has run."""
    runpy.run_path("__main__.py", run_name="__main__")


def main(command: str, stack_name: str) -> int:
    """Prints what Pulumi prints. Its errors are in there."""
    options = automation.LocalWorkspaceOptions(work_dir=".")
    project = automation.LocalWorkspace(work_dir=".").project_settings().name
    stack = automation.create_or_select_stack(stack_name, project_name=project, program=program, opts=options)
    try:
        if command == "destroy":
            stack.destroy(on_output=print)
        else:
            stack.up(on_output=print)
    except automation.CommandError:
        return 1
    return 0


sys.exit(main(*sys.argv[1:]))
