"""What an organisation declares: read, checked, expanded into endpoints, and the scope that follows from it."""

from __future__ import annotations

import os

# No plugin may have a say in what is declared; and to look for some, pydantic reads about every package installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
