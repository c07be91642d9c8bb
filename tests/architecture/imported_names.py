"""What a module's source names from elsewhere, read from its syntax tree: full dotted names behind whatever alias it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each import, wherever it stands: `a.b` for `import a.b`, `a.b.c` for `from a.b import c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def used_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each whole attribute chain that starts at an imported name, and of each call of a bare name as `name()`."""
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bound |= {alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            chain, root = node.attr, node.value
            while isinstance(root, ast.Attribute):
                chain, root = f"{root.attr}.{chain}", root.value
            if isinstance(root, ast.Name) and root.id in bound:
                yield node.lineno, f"{bound[root.id]}.{chain}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in bound:
            yield node.lineno, f"{node.func.id}()"
