"""The command ``esealkit``.

Commands are loaded when they are called, so that each starts as quickly as it can.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from esealkit import errors
from esealkit._version import __version__
from esealkit.cli.output import Exit, complain, exit_code_of

__all__ = ["cli", "main"]

_COMMANDS = {
    "demo": ("esealkit.cli.commands.demo", "demo"),
    "sandbox": ("esealkit.cli.commands.demo", "sandbox"),
    "verify": ("esealkit.cli.commands.verify", "verify"),
    "stamp": ("esealkit.cli.commands.stamp", "stamp"),
    "sign": ("esealkit.cli.commands.stamp", "sign"),
    "protect": ("esealkit.cli.commands.stamp", "protect"),
    "remove": ("esealkit.cli.commands.remove", "remove"),
    "archive": ("esealkit.cli.commands.archive", "archive"),
    "inspect": ("esealkit.cli.commands.inspect", "inspect"),
    "trust": ("esealkit.cli.commands.trust", "trust"),
    "seal": ("esealkit.cli.commands.seal", "seal"),
    "registry": ("esealkit.cli.commands.registry", "registry"),
    "journal": ("esealkit.cli.commands.journal", "journal"),
    "keys": ("esealkit.cli.commands.keys", "keys"),
}


class _Lazy(click.Group):
    """A group whose commands are imported when asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        home = _COMMANDS.get(name)
        if home is None:
            return None
        command: click.Command = getattr(import_module(home[0]), home[1])
        return command


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="esealkit")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of messages and reports.",
)
@click.pass_context
def cli(ctx: click.Context, lang: str) -> None:
    """Chinese electronic seals: make them, stamp documents, verify clause by clause.

    \b
    Exit codes of verifying commands:
      0 passed · 1 failed · 2 indeterminate · 3 unsigned · 4 unreadable
    Of every command:
      64 usage · 65 refused · 66 no input · 69 device or network · 70 a bug of ours
      73 cannot write · 77 PIN or permission · 130 interrupted
    """
    ctx.ensure_object(dict)
    ctx.obj["lang"] = lang


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit with a code of the contract."""
    sys.exit(run(argv))


def run(argv: list[str] | None = None) -> int:
    """Run the command line; gives the exit code.  No exception of any kind leaves it."""
    lang = _language(sys.argv[1:] if argv is None else argv)
    try:
        result: Any = cli.main(args=argv, prog_name="esealkit", standalone_mode=False)
    except errors.EsealError as error:
        complain(error.message(lang), error.advice(lang))
        return exit_code_of(error)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        complain("interrupted" if lang == "en" else "已中断")
        return Exit.INTERRUPTED
    except click.FileError as error:
        complain(error.format_message())
        return Exit.NO_INPUT
    except click.ClickException as error:
        complain(error.format_message(), _usage_hint(error))
        return Exit.USAGE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return _quiet_exit()
    except PermissionError as error:
        complain(str(error))
        return Exit.NO_PERMISSION
    except Exception as error:  # noqa: BLE001 - the last line of defence: never a traceback
        complain(
            f"internal error: {type(error).__name__}: {error}",
            "this is a bug of esealkit; please report it with the command you ran",
        )
        return Exit.SOFTWARE
    return result if isinstance(result, int) else 0


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see {context.command_path} --help" if context is not None else ""


def _language(argv: list[str]) -> Any:
    """The language asked for, before click has parsed anything: errors need it too."""
    for position, item in enumerate(argv):
        if item == "--lang" and position + 1 < len(argv):
            return "en" if argv[position + 1] == "en" else "zh"
        if item.startswith("--lang="):
            return "en" if item == "--lang=en" else "zh"
    return "zh"


def _quiet_exit() -> int:
    """The reader of a pipe went away; stdout must not complain again at exit."""
    import contextlib
    import os

    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.INTERRUPTED
