"""Validates messages, or what their SOAP bodies and faults hold, against one schema.

    validate.py SCHEMA.xsd FILE…
"""

import sys

from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def payload(root):
    """The part of a message that its contract describes."""
    if root.tag != SOAP + "Envelope":
        return root
    content = next(root.find(SOAP + "Body").iterchildren("*"))
    if content.tag == SOAP + "Fault":
        content = next(content.find("detail").iterchildren("*"))
    # A copy of its own, so that it is validated as a document and keeps its namespaces.
    return etree.fromstring(etree.tostring(content))


def main(schema, files):
    schema, failed = etree.XMLSchema(etree.parse(schema)), False
    for file in files:
        if not schema.validate(payload(etree.parse(file).getroot())):
            failed = True
            for error in schema.error_log:
                print(f"{file}: {error.message}")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
