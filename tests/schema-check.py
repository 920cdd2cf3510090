#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema-check.py SCHEMA FILE...: are these JSON documents what the schema promises?

A FILE ("-": standard input) holds documents, one per line or over several lines.
Checked: valid UTF-8, JSON without duplicate keys, NaN or Infinity, and the schema. Exit status
0: all valid, and at least one document in each file; 1: the first error, in words; 2: wrong usage.
"""
import json
import sys

import jsonschema


class Invalid(Exception):
    pass


def unique(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise Invalid(f"duplicate key {key!r}")
    return dict(pairs)


def no_constant(name):
    raise Invalid(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_constant=no_constant)


def documents(data):
    """Yields (number of its first line, document)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"not valid UTF-8: {error}") from None
    at = line = 0
    while rest := text[at:].lstrip(" \t\r\n"):
        start = len(text) - len(rest)
        line += text.count("\n", at, start)
        try:
            document, at = DECODER.raw_decode(text, start)
        except (ValueError, Invalid) as error:
            raise Invalid(f"line {line + 1}: not JSON: {error}") from None
        yield line + 1, document
        line += text.count("\n", start, at)


def strict(schema):
    """The same, but no object has a member that the schema does not name: as published it may have."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {key: strict(part) for key, part in schema.items() if key not in ("if", "then", "properties")}
    # Members of a branch count for the object that it is of.
    for key in ("if", "then"):
        if key in schema:
            whole[key] = dict(schema[key])
            for name, part in schema[key].get("properties", {}).items():
                whole[key]["properties"] = {**whole[key].get("properties", {}), name: strict(part)}
    if "properties" in schema:
        whole["properties"] = {name: strict(part) for name, part in schema["properties"].items()}
        whole["unevaluatedProperties"] = False
    return whole


def check(validator, data):
    count = 0
    for number, document in documents(data):
        for error in validator.iter_errors(document):
            where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
            raise Invalid(f"line {number}: {where or 'document'}: {error.message[:300]}")
        count += 1
    if not count:
        raise Invalid("no document")
    return count


def main(args):
    if len(args) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(args[0], encoding="utf-8") as file:
        schema = json.load(file)
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(strict(schema))
    for name in args[1:]:
        try:
            if name == "-":
                data = sys.stdin.buffer.read()
            else:
                with open(name, "rb") as file:
                    data = file.read()
            count = check(validator, data)
        except (Invalid, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        print(f"{name}: {count} valid")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
