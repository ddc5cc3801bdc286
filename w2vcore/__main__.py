"""``python -m w2vcore`` is the command ``w2vcore``."""

from w2vcore.cli import main

if __name__ == "__main__":
    main(prog_name="python -m w2vcore")
