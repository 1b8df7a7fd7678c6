"""CSV without rows or without an end, JSON too deep, too wide or not quite JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostile.texts import CHINESE, Maker

CSV = 'name,price,note\nPro,66,"says ""hi"", loudly"\n标准,,"two\nlines"\n'
JSON = (
    '{"title": "T", "date": "2025-06-01", "tags": ["a", 1], '
    '"body": "one\\ntwo \\u4e2d \\ud83d\\ude00", "n": [1.5, null]}'
)


def csv() -> Iterator[tuple[str, Maker]]:
    n = 6000
    header = ",".join(f"{at:059d}n" for at in range(1000)) + "\n"
    for name, table in {
        "one cell": "a,b\n" + "x" * 50_000,
        "quoted cell": 'a,b\n"' + "x, " * 20_000 + '",1\n',
        "open quote": 'a,b\n"' + "x,y\n" * n,
        "quotes": '"' * 30_000,
        "odd quotes": '"a"b"c,' * n,
        "delimiters": "," * 100_000 + "x",
        "all delimiters": ",;\t|" * n,
        "columns": ",".join(f"c{at}" for at in range(n)) + "\n" + "1," * n + "\n",
        "ragged": "a,b\n" + "1" + ",2" * n + "\n3\n",
        "names before all": header + ("1," * 1000 + "\n") * 400,
        "names before some": header + ("1," * 1000 + "\n") * 4,
        "returns": "a,b\r" * n,
        "newlines": "a,b\n" + "\n" * 100_000,
        "nul": "a,b\n1,\x00\n",
        "same names": "a,a\n" + "1,2\n" * 99,
        "number names": "1,2\n" + "3,4\n" * 99,
        "no names": ",\n" * n + "x",
        "spaces": "a,b\n" + " " * 100_000 + ",1",
        "bom": "\ufeff" * 9 + CSV,
        "quote at the end": 'a,b\n1,"',
        "quote in name": '"a""b",c\n1,2',
        "newline in name": '"a\nb",c\n1,2',
        "signs": "=1+1,@x\n-1,+1\n" * 9,
    }.items():
        yield f"csv/{name}.csv", partial(bytes, table.encode())
    yield "csv/gbk cut.csv", partial(bytes, ("名称,说明\n" + f"产品,{CHINESE.strip()}\n" * 9).encode("gbk")[:-3])
    yield "csv/utf-16.tsv", partial(bytes, CSV.replace(",", "\t").encode("utf-16"))


def json() -> Iterator[tuple[str, Maker]]:
    n = 6000
    for name, text in {
        "deep": "[" * 100_000,
        "deep and closed": "[" * 900 + "]" * 900,
        "too deep": "[" * 100_000 + "]" * 100_000,
        "deep objects": '{"a":' * 900 + "1" + "}" * 900,
        "deep tags": '{"tags":' + "[" * 900 + "]" * 900 + ',"text":"x y"}',
        "whole number": '{"a":' + "9" * 5000 + "}",
        "whole numbers": "[" + ("9" * 5000 + ",") * 40 + "1]",
        "huge number": "[1" + "0" * 60_000 + "]",
        "broken behind a number": "[" + "9" * 5000 + ",",
        "number told": '{"url":' + "9" * 40 + ',"category":1e999,"text":"x"}',
        "exponent": '[1e999999999,-1e-999999999,"x"]',
        "not a number": '[NaN, Infinity, -Infinity, "x"]',
        "half a pair": '{"title":"\\ud800 half","text":"words"}',
        "half told": '{"author":"\\udfff","tags":["\\ud800"],"text":"words"}',
        "pairs the wrong way": '["\\udc00\\ud800 words"]',
        "nul": '["\\u0000 a \\u0000"]',
        "nul title": '{"title":"\\u0000","text":"words"}',
        "escapes": '["' + "\\n\\t\\u4e2d" * n + '"]',
        "quotes": '["' + '\\"' * n + '"]',
        "backslashes": '["' + "\\\\" * n + '"]',
        "same keys": "{" + '"a":1,' * n + '"a":2}',
        "bare keys": '{"text":' * 400 + '"x"' + "}" * 400,
        "empty strings": "[" + '"",' * n + '"x"]',
        "empties": "[" + "[],{}," * n + "1]",
        "empty key": '{"":"","": "x y"}',
        "numbers": "[" + "0," * n + "1]",
        "spaces": "[" + " " * 100_000 + '"x"' + "\n" * 100_000 + "]",
        "string": '"just words"',
        "number": "1",
        "nothing": "null",
        "comment": '{"a": 1} // x',
        "trailing comma": '["x",]',
        "single quotes": "{'a': 1}",
        "two values": '"a" "b"',
        "controls": '["a\tb"]',
        "bom": "\ufeff" * 2 + JSON,
        "title of another kind": '{"title": [1], "date": {"a": 1}, "text": "words"}',
        "long title": '{"title":"' + "t" * 60_000 + '","text":"words"}',
        "long tags": '{"tags":[' + '"a",' * n + '"b"],"text":"words"}',
        "tag objects": '{"tags":[{"a":1},[2],null,true],"text":"words"}',
        "dates": '{"date":"99999999-1-1","text":"words"}',
    }.items():
        yield f"json/{name}.json", partial(bytes, text.encode())
    for name, text in {
        "many": '{"a": "x"}\n' * 2000,
        "empty lines": "\n" * 9999 + "1\n",
        "torn": '{"a": 1}\n{"a"',
        "one deep": "1\n" + "[" * 100_000,
        "array": JSON + "\n[\n1\n]\n",
        "returns": '{"a": 1}\r{"b": 2}\r',
        "separators": '{"a": "\u2028"}\n',
        "bom inside": f"{JSON}\n\ufeff{JSON}\n",
        "number": "9" * 5000 + "\n1\n",
    }.items():
        yield f"json/{name}.jsonl", partial(bytes, text.encode())
    yield "json/utf-16.json", partial(bytes, JSON.encode("utf-16"))
    yield "json/utf-32.json", partial(bytes, JSON.encode("utf-32"))
    yield "json/gbk.json", partial(bytes, ('{"正文": "' + CHINESE.strip().replace("\n", "") + '"}').encode("gbk"))


def tables() -> dict[str, Maker]:
    return {**dict(csv()), **dict(json())}
