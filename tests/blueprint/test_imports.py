"""The room stands on the standard library alone: a browser or a small container can carry it."""

import subprocess
import sys

PROGRAM = """
import sys
import blueprint
blueprint.analyze(blueprint.instantiate("digits-cnn"))
roots = {name.partition(".")[0] for name in sys.modules}
print(*sorted(roots - set(sys.stdlib_module_names) - {"blueprint", "__main__", "__mp_main__"}))
"""


def test_importing_blueprint_imports_nothing_else() -> None:
    bare = subprocess.run([sys.executable, "-S", "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert bare.stdout.strip() == ""


def test_every_public_name_is_there() -> None:
    import blueprint

    assert sorted(set(blueprint.__all__)) == sorted(blueprint.__all__)
    assert all(hasattr(blueprint, name) for name in blueprint.__all__)
