# SPDX-License-Identifier: MIT
"""harness - what every script of the tests shares: how a job is started and
asked, its processes, and what is said of it."""
