# SPDX-License-Identifier: MIT
"""runner - what tests/run is made of: programs, processes, jobs, rows."""
