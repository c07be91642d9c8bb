"""The environment that numbers from a replay may depend on: where it is the same, so are they to the last bit."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("numpy", "scipy", "scikit-learn", "numba")


def fingerprint() -> str:
    """Python, libraries, system, the SIMD extensions that NumPy uses here and the kernels that its BLAS chose, as one line."""
    import numpy as np

    found: dict[str, list[str]] = np.show_config(mode="dicts").get("SIMD Extensions", {})  # type: ignore[assignment]
    simd = " ".join([*found.get("baseline", []), *found.get("found", [])]) or "none"
    libraries = (f"{name} {_version(name)}" for name in LIBRARIES)
    return ", ".join((f"python {platform.python_version()}", *libraries, f"{platform.system()} {platform.machine()}", f"simd {simd}", f"blas {_blas()}"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _blas() -> str:
    """The kernels of the BLAS that NumPy itself brings; other libraries bring their own, and come into memory late or never."""
    from threadpoolctl import threadpool_info

    own = [module for module in threadpool_info() if module["user_api"] == "blas" and "numpy" in module["filepath"]]
    return f"{own[0]['internal_api']} {own[0].get('architecture', 'unknown')}" if own else "unknown"
