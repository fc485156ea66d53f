"""Every way to what is true of a synthetic city, tried from a trainee's session: how many, by what, and what leaked.

It is tests/access/test_truth_leak.py with every page in every role, its count printed.
"""

import sys

import pytest

sys.exit(pytest.main(["-n", "0", "-s", "-p", "no:cacheprovider", "-m", "", "tests/access/test_truth_leak.py"]))
