"""Makes `cheap_play` a module that worker processes find: they get this process's path, but not the packages that pytest makes of folders."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
