"""How logging is set up, and what refuses to be."""

import pytest

from kernel.log_setup import set_up_logging


@pytest.mark.parametrize("level", ["LOUD", "", "info"])
def test_rejected_level_names_the_variable_and_what_would_do(level: str) -> None:
    with pytest.raises(SystemExit, match="NF_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL, not"):
        set_up_logging(level=level)
