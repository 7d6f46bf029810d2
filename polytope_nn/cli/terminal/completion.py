"""``polytope-nn completion SHELL``: the script by which a shell completes our commands."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["NAME", "SHELLS", "add", "run", "script"]

NAME = "completion"
SHELLS = ("bash", "zsh", "fish")
_CURE = {
    "bash": "  source <(polytope-nn completion bash)",
    "zsh": "  source <(polytope-nn completion zsh)",
    "fish": "  polytope-nn completion fish | source",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the script by which a shell completes these commands",
        description="Print the script by which a shell completes commands, options and "
        "their words: source <(polytope-nn completion bash), also of zsh; polytope-nn "
        "completion fish | source.",
    )
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))


def run(args: argparse.Namespace) -> int:
    """Print the script and return 0."""
    from polytope_nn.cli import parser

    print(script(args.shell, parser()), end="")
    return 0


@dataclass(frozen=True)
class _Option:
    """An option or a positional: its strings, words that may follow, its help."""

    strings: tuple[str, ...]
    words: tuple[str, ...]
    takes: bool
    help: str


Commands = Mapping[str, tuple[str, Sequence[_Option]]]


def script(shell: str, parser: argparse.ArgumentParser) -> str:
    """Return the script for a shell, made from what a parser declares."""
    commands = _commands(parser)
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](commands)


def _commands(parser: argparse.ArgumentParser) -> Commands:
    """Return each command with its help and its arguments."""
    actions: Any = parser._subparsers  # noqa: SLF001 - argparse shows them nowhere else
    group = actions._group_actions[0]  # noqa: SLF001 - as above
    helps = {choice.dest: choice.help or "" for choice in group._choices_actions}  # noqa: SLF001
    known = _words()
    found = {}
    for name, command in group.choices.items():
        options = []
        for action in command._actions:  # noqa: SLF001 - as above
            key = action.option_strings[-1] if action.option_strings else action.dest
            words = tuple(
                action.choices or known.get((name, key), known.get(("", key), ()))
            )
            said = "" if action.help in {None, argparse.SUPPRESS} else action.help
            options.append(
                _Option(tuple(action.option_strings), words, action.nargs != 0, said)
            )
        found[name] = (helps.get(name, ""), options)
    return found


def _words() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return words that may follow an option, where argparse takes any text."""
    from polytope_nn.problems.examples import example_names
    from polytope_nn.problems.losses.kinds import KINDS
    from polytope_nn.report.glossary import WORDS

    return {
        ("", "--loss"): tuple(KINDS),
        ("", "--example"): example_names(),
        ("explain", "word"): tuple(WORDS),
    }


def _strings(options: Iterable[_Option]) -> list[str]:
    return [s for option in options for s in option.strings]


def _bash(commands: Commands) -> str:
    cases, follow = [], []
    for name, (_, options) in commands.items():
        plain = [w for o in options if not o.strings for w in o.words]
        cases.append(f'    {name}) opts="{" ".join(_strings(options))}"')
        cases.append(f'      words="{" ".join(plain)}" ;;')
        for option in options:
            if option.strings and option.words:
                keys = "|".join(f'"{name} {s}"' for s in option.strings)
                follow.append(f'    {keys}) given="{" ".join(option.words)}" ;;')
            elif option.strings and option.takes:
                keys = "|".join(f'"{name} {s}"' for s in option.strings)
                follow.append(f"    {keys}) files=1 ;;")
    lines = [
        "# completion of polytope-nn for bash:",
        f"# {_CURE['bash'].strip()}",
        "_polytope_nn() {",
        '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"',
        '  local cmd="${COMP_WORDS[1]}" opts="" words="" given="" files="" word',
        "  COMPREPLY=()",
        '  if [ "$COMP_CWORD" -eq 1 ]; then',
        f'    COMPREPLY=($(compgen -W "{" ".join(commands)} --help --version" -- "$cur"))',
        "    return",
        "  fi",
        '  case "$cmd $prev" in',
        *follow,
        "  esac",
        '  case "$cmd" in',
        *cases,
        "  esac",
        "  local found=(-f)",
        '  if [ -n "$given" ]; then',
        '    found=(-W "$given")',
        '  elif [ -z "$files" ] && [ "${cur:0:1}" = "-" ]; then',
        '    found=(-W "$opts")',
        '  elif [ -z "$files" ] && [ -n "$words" ]; then',
        '    found=(-W "$words")',
        "  fi",
        "  while IFS= read -r word; do",  # a name with spaces, M* itself
        '    COMPREPLY+=("$word")',
        '  done < <(compgen "${found[@]}" -- "$cur")',
        "}",
        "complete -o filenames -F _polytope_nn polytope-nn",
    ]
    return "\n".join(lines) + "\n"


def _zsh(commands: Commands) -> str:
    listed = [f"    {_quoted(f'{name}:{said}')}" for name, (said, _) in commands.items()]
    lines = [
        "#compdef polytope-nn",
        f"# {_CURE['zsh'].strip()}",
        "_polytope_nn() {",
        "  local -a commands",
        "  commands=(",
        *listed,
        "  )",
        "  if (( CURRENT == 2 )); then",
        "    _describe command commands",
        "    return",
        "  fi",
        "  local cmd=${words[2]}",
        "  shift words; (( CURRENT-- ))",
        "  case $cmd in",
    ]
    for name, (_, options) in commands.items():
        lines.append(f"    {name}) _arguments \\")
        plain = False
        for option in options:
            after = f"({' '.join(option.words)})" if option.words else "_files"
            for s in option.strings:
                said = option.help.replace("[", "(").replace("]", ")").replace(":", ";")
                tail = f":word:{after}" if option.takes else ""
                lines.append(f"        {_quoted(f'{s}[{said}]{tail}')} \\")
            if not option.strings and not plain:
                plain = True
                lines.append(f"        {_quoted(f'*:word:{after}')} \\")
        lines.append("        ;;")
    lines += ["  esac", "}", "compdef _polytope_nn polytope-nn"]
    return "\n".join(lines) + "\n"


def _fish(commands: Commands) -> str:
    lines = ["# completion of polytope-nn for fish:", f"# {_CURE['fish'].strip()}"]
    for name, (said, options) in commands.items():
        head = f"complete -c polytope-nn -n __fish_use_subcommand -f -a {name}"
        lines.append(f"{head} -d {_quoted(said)}")
        seen = f"complete -c polytope-nn -n '__fish_seen_subcommand_from {name}'"
        for option in options:
            words = f" -f -a {_quoted(' '.join(option.words))}" if option.words else ""
            if not option.strings:
                lines += [f"{seen}{words}"] if words else []
                continue
            names = " ".join(
                f"-l {s[2:]}" if s.startswith("--") else f"-s {s[1:]}"
                for s in option.strings
            )
            needs = " -r" if option.takes else ""
            lines.append(f"{seen} {names}{needs}{words} -d {_quoted(option.help)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a text as one word of a shell, whatever is in it."""
    plain = " ".join(text.replace("%%", "%").split())
    return "'" + plain.replace("'", "’") + "'"
