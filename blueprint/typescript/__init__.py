"""The rules of the catalogue, translated to TypeScript: one truth about layers in two languages.

Rules, and what they call in `blueprint.catalogue`, are written in a part of Python small enough to be
translated statement by statement, and checked while it is:

- functions with plain parameters; tuples, lists, dicts with constant keys, NamedTuples without methods;
- `if`, `for`, `while`, `break`, `continue`, `return`, assignments to names (also several, also `+=`), `list.append`;
- comprehensions, conditional expressions, f-strings without formats, slices without steps;
- integers and dimensions through `+ - * // %` (exact in both languages), comparisons, `in`, `is None`;
- `and`, `or` as values only between booleans and None: an empty tuple is true in a browser;
- the functions of `blueprint.dimensions`, and of builtins those named in `expressions.BUILTINS`.

Anything else is refused with the file, the line, and what to write instead.
"""
