"""Bodies that try to cost the gateway much: the classic attacks on GraphQL; each at most 100,000 bytes.

The tests see that each is answered with one sentence, the bench what each costs.
"""

import json
from collections.abc import Mapping

MOST_BYTES = 100_000
FILL = 99_000


def body(query: str, **more: object) -> bytes:
    """The JSON body of one operation; non-ASCII stays as it is."""
    return json.dumps({"query": query, **more}, ensure_ascii=False).encode()


def chain(count: int, spreads: int, leaf: str) -> str:
    """`count` fragments, each spreading the next one `spreads` times, the last selecting `leaf`."""
    links = (f"fragment F{n} on Query{{{f'...F{n + 1} ' * spreads}}}" for n in range(count))
    return "{...F0}" + "".join(links) + f"fragment F{count} on Query{{{leaf}}}"


def mesh(count: int, leaf: str = "") -> str:
    """Fragments that all spread all later ones."""
    links = (
        f"fragment F{n} on Query{{{''.join(f'...F{m} ' for m in range(n + 1, count))}{leaf}}}" for n in range(count)
    )
    return "{...F0}" + "".join(links)


def numbered(text: str, count: int) -> str:
    """`text` with # replaced by 0, 1, 2, ..."""
    return " ".join(text.replace("#", str(n)) for n in range(count))


WIDE = "nodes{id name visibility createdAt createdBy} nextPageToken"
DEEP = "[" * 400 + "]" * 400
DOCUMENTS: Mapping[str, str] = {
    "alias overload": "{" + numbered("a#:me{user{id}}", 110) + "}",
    "aliases at the limit": "{" + numbered("a#:me{user{id name email} organisations{id name role}}", 30) + "}",
    "one field many times": "{" + "__typename " * 900 + "}",
    "field duplication with arguments": "{" + "project(id:1){id}" * 110 + "}",
    "field duplication in the deep": "{" + "me{user{id}}" * 130 + "}",
    "field duplication at the limit": "{" + "me{user{id name email} organisations{id}}" * 20 + "}",
    "field duplication by inline fragments": "{" + "...on Query{me{user{id}}}" * 75 + "}",
    "field duplication by fragments": "{"
    + numbered("...F#", 60)
    + "}"
    + numbered("fragment F# on Query{me{user{id}}}", 60),
    "conflicting arguments": "{" + numbered("projects(first:#){nodes{id}}", 70) + "}",
    "conflicting aliases": "{" + "x:plans{name} x:me{user{id}} " * 10 + "}",
    "directive overload": "{me " + "@skip(if:true)" * 100 + "{user{id}}}",
    "directives at the limit": "{" + "__typename @skip(if:false) @include(if:true) " * 10 + "}",
    "unknown directives": "{me " + numbered("@d#", 20) + "{user{id}}}",
    "circular fragments": "{...A} fragment A on Query{...B} fragment B on Query{...A}",
    "circular fragments nobody spreads": "{__typename} fragment A on Query{...B} fragment B on Query{...A}",
    "circular mesh": "{...F0}" + numbered("fragment F# on Query{...F0 ...F1 ...F2 ...F3 ...F4}", 60),
    "deep nesting": "{a" * 400 + "}" * 400,
    "deep lists": "{project(id:" + DEEP + "){id}}",
    "deep objects": "{validate(document:" + "{a:" * 400 + "1" + "}" * 400 + "){contentHash}}",
    "deep types": "query($v:" + "[" * 400 + "Int" + "]" * 400 + "){__typename}",
    "deep fragments": chain(60, 1, "__typename"),
    "fragment bomb": chain(9, 2, "me{user{id}}"),
    "wide fragment bomb": chain(3, 60, "__typename"),
    "empty fragment bomb": chain(13, 3, ""),
    "fragment mesh": mesh(20),
    "fragment mesh of fields": mesh(12, "me{user{id}}"),
    "unused fragments": "{__typename}" + numbered("fragment F# on Query{__typename}", 140),
    "unused fragments that repeat": "{__typename}fragment F on Query{" + "me{user{id}}" * 130 + "}",
    "introspection": "{__schema{types{name fields{name args{name type{name}} type{name ofType{name}}}}}}",
    "circular introspection": "{__schema{types{fields{type{fields{type{fields{type{fields{type{name}}}}}}}}}}}",
    "introspection of a type": '{__type(name:"Query"){fields{name}}}',
    "unknown fields": "{" + numbered("f#", 290) + "}",
    "unknown long fields": "{" + " ".join(letter * 3_900 for letter in "abcde") + "}",
    "unknown arguments": "{" + "project(" + numbered("a#:1", 300) + "){id}}",
    "one argument many times": "{project(" + "id:1 " * 320 + "){id}}",
    "one input field many times": "{validate(document:{" + "k:1 " * 320 + "}){contentHash}}",
    "a literal at the limit": "{validate(document:{" + numbered("k#:1", 320) + "}){contentHash}}",
    "unused variables": "query(" + numbered("$v#:Int", 240) + "){__typename}",
    "undefined variables": "{projects(query:[" + numbered("$v#", 450) + "]){nodes{id}}}",
    "variables of unknown types": "query(" + numbered("$v#:T#", 240) + "){__typename}",
    "variables within a list": "query("
    + numbered("$v#:ID!", 180)
    + "){people(ids:["
    + numbered("$v#", 180)
    + "]){id}}",
    "many operations": numbered("query q#{__typename}", 195),
    "many operations of one name": "query q{__typename}" * 195,
    "many operations of one fragment": numbered("query q#{...F}", 100) + "fragment F on Query{__typename}",
    "type definitions": numbered("type T#{a:Int}", 120),
    "whitespace": " " * FILL + "{__typename}",
    "whitespace at the limit": "{__typename}" + "\r\n" * 9_900,
    "commas": "{__typename" + "," * 19_900 + "}",
    "comments": "#\n" * 32_000 + "{__typename}",
    "comments at the limit": "#\n" * 900 + "#" * 18_000 + "\n{__typename}",
    "comments within the limit of bytes": "#\n" * 9_900 + "{__typename}",
    "a long name": "{" + "a" * FILL + "}",
    "a long name at the limit": "{" + "a" * 19_900 + "}",
    "a long string": '{project(id:"' + "a" * 19_900 + '"){id}}',
    "a string of escapes": '{project(id:"' + "\\n" * 9_900 + '"){id}}',
    "a string of unicode escapes": '{project(id:"' + "\\u{1F600}" * 2_200 + '"){id}}',
    "a block string of lines": '{project(id:"""' + "\n a" * 6_600 + '"""){id}}',
    "a block string of quotes": '{project(id:"""' + '\\"""' * 4_900 + '"""){id}}',
    "a long number": "{projects(first:" + "1" * 19_900 + "){nodes{id}}}",
    "a long fraction": "{projects(first:1." + "1" * 19_900 + "){nodes{id}}}",
    "a large exponent": "{projects(first:1e" + "9" * 400 + "){nodes{id}}}",
    "unicode": '{project(id:"' + "\U0001f600" * 4_900 + '"){id}}',
    "unicode outside of strings": "{" + "é" * 1_000 + "}",
    "a zero character": "{\0}",
    "lone surrogate by escape": '{project(id:"\\uD83D"){id}}',
    "one default in many commands": "mutation($v:IngestOptionsInput={table:{columns:["
    + '{name:"" kind:NUMBER}' * 75
    + "]}}){"
    + numbered("a#:createDatasetVersion(datasetId:1 options:$v){__typename}", 30)
    + "}",
    "half a document": "{" * 14,
    "lists of pages": "{" + numbered(f"a#:projects(first:200){{{WIDE}}}", 30) + "}",
    "pages at the limit": "{"
    + numbered(
        "a#:projects(first:200){nodes{id name visibility createdAt createdBy __typename b#:name c#:id d#:createdAt}}", 5
    )
    + "}",
    "different pages": "{" + numbered(f'a#:projects(first:200 query:"p" name:"" after:""){{{WIDE}}}', 28) + "}",
    "different commands": "mutation{" + numbered('a#:createProject(name:"#"){__typename}', 30) + "}",
    "different reads": "{" + numbered('a#:project(id:"#"){id name}', 30) + "}",
    "the catalogue many times": "{" + numbered("a#:catalogue{layers hash}", 30) + "}",
    "the templates many times": "{" + numbered("a#:templates{name title summary}", 30) + "}",
    "different templates": "{" + numbered('a#:templatePreview(template:{name:"#"}){document}', 30) + "}",
}


def _lists(count: int) -> bytes:
    return b"[" * count + b"]" * count


BODIES: Mapping[str, bytes] = {
    **{name: body(query) for name, query in DOCUMENTS.items()},
    "batching": b"[" + b",".join([body("{__typename}")] * 3_000) + b"]",
    "an empty batch": b"[]",
    "deep JSON": _lists(49_000),
    "deep JSON in a variable": b'{"query":"query($v:JSON!){validate(document:$v){contentHash}}","variables":{"v":'
    + _lists(900)
    + b"}}",
    "deep objects in a variable": b'{"query":"query($v:JSON!){validate(document:$v){contentHash}}","variables":{"v":'
    + b'{"a":' * 900
    + b"1"
    + b"}" * 900
    + b"}}",
    "many keys": b"{" + b",".join(b'"k%d":0' % n for n in range(9_000)) + b"}",
    "colliding keys": b'{"query":"{__typename}"' + b',"query":"{__typename}"' * 4_000 + b"}",
    "many variables nobody asks for": body("{__typename}", variables={f"v{n}": n for n in range(6_000)}),
    "a long list of numbers": body(
        "query($v:JSON!){validate(document:$v){contentHash}}", variables={"v": [1] * 33_000}
    ),
    "a long list of ids": body("query($v:[ID!]!){people(ids:$v){id}}", variables={"v": [""] * 24_000}),
    "a long list of wrong ids": body("query($v:[ID!]!){people(ids:$v){id}}", variables={"v": [None] * 16_000}),
    "a long list of series": body(
        'query($v:[String!]){run(id:"x"){metrics(series:$v){name}}}', variables={"v": ["a"] * 19_000}
    ),
    "a long list of states": body(
        'query($v:[RunState!]){runs(projectId:"x" states:$v){nodes{id}}}', variables={"v": ["FAILED"] * 9_000}
    ),
    "a long list of columns": body(
        "mutation($v:IngestOptionsInput){createDatasetVersion(datasetId:1 options:$v){__typename}}",
        variables={"v": {"table": {"target": "a", "columns": [{"name": "", "kind": "NUMBER"}] * 3_000}}},
    ),
    "columns at the limit": body(
        "mutation($v:IngestOptionsInput){createDatasetVersion(datasetId:1 options:$v){__typename}}",
        variables={"v": {"table": {"target": "a", "columns": [{"name": "", "kind": "NUMBER"}] * 2_000}}},
    ),
    "one list of columns in many commands": body(
        "mutation($v:IngestOptionsInput){"
        + numbered("a#:createDatasetVersion(datasetId:1 options:$v){__typename}", 30)
        + "}",
        variables={"v": {"table": {"target": "a", "columns": [{"name": "", "kind": "NUMBER"}] * 2_000}}},
    ),
    "one list of ids in many reads": body(
        "query($v:[ID!]!){" + numbered("a#:people(ids:$v){id}", 30) + "}", variables={"v": [""] * 6_000}
    ),
    "one document in many commands": body(
        "mutation($v:JSON!){" + numbered('a#:createArchitecture(projectId:"#" document:$v){__typename}', 30) + "}",
        variables={"v": [{"id": "n", "type": "Linear"}] * 2_500},
    ),
    "one document in many reads": body(
        "query($v:JSON!){" + numbered("a#:validate(document:$v){contentHash}", 30) + "}",
        variables={"v": [{"id": "n", "type": "Linear"}] * 2_500},
    ),
    "ids at the limit": body("query($v:[ID!]!){people(ids:$v){id}}", variables={"v": [""] * 6_000}),
    "a long list of wrong columns": body(
        "mutation($v:IngestOptionsInput){createDatasetVersion(datasetId:1 options:$v){__typename}}",
        variables={"v": {"table": {"columns": [{}] * 24_000}}},
    ),
    "unknown input fields": body(
        "mutation($v:IngestOptionsInput){createDatasetVersion(datasetId:1 options:$v){__typename}}",
        variables={"v": {f"k{n}": 1 for n in range(8_000)}},
    ),
    "a long BigInt": body("query($v:BigInt){architecture(id:1 revision:$v){id}}", variables={"v": "9" * FILL}),
    "a long moment": body("query($v:DateTime){architecture(id:1 asOf:$v){id}}", variables={"v": "2" * FILL}),
    "a long enum": body("query($v:ProjectOrder!){projects(orderBy:$v){nodes{id}}}", variables={"v": "N" * FILL}),
    "a long argument": body("query($v:ID!){project(id:$v){id}}", variables={"v": "x" * FILL}),
    "a long operation name": body("query q{__typename}", operationName="q" * FILL),
    "a long page token": body("query($v:String!){projects(after:$v){nodes{id}}}", variables={"v": "e" * FILL}),
    "a large number": b'{"query":"query($v:Int){projects(first:$v){nodes{id}}}","variables":{"v":'
    + b"9" * FILL
    + b"}}",
    "a number that is infinite": b'{"query":"query($v:Int){projects(first:$v){nodes{id}}}","variables":{"v":1e999}}',
    "invalid UTF-8": b'{"query":"{ \xff\xfe }"}',
    "overlong UTF-8": b'{"query":"\xc0\xaf"}',
    "surrogates in UTF-8": b'{"query":"{ \xed\xa0\x80 }"}',
    "lone surrogate in JSON": b'{"query":"{ \\ud800 }"}',
    "UTF-16": '{"query":"{__typename}"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + body("{__typename}"),
    "zero bytes": b"\0" * FILL,
    "escapes in JSON": b'{"query":"' + b"\\u0041" * 16_000 + b'"}',
    "nothing": b"",
    "blanks": b" " * FILL,
    "null": b"null",
    "a number": b"1",
    "a query that is a list": b'{"query":[' + b"1," * 9_000 + b"1]}",
}
