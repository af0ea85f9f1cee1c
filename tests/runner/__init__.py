# SPDX-License-Identifier: MIT
"""runner - what tests/run is made of: programs, apps, cases, rows."""
