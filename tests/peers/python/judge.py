"""Validates many documents against many schemas in one run.

    judge.py DOCUMENTS

DOCUMENTS holds frames: a line `SCHEMA<tab>LABEL<tab>LENGTH`, that many bytes, a line end.
SCHEMA is a schema file, or a WSDL file whose `types` are meant. Prints a line for each document that is not
valid, and at the end how many were judged.
"""

import sys
import tempfile
from pathlib import Path

from lxml import etree

XSD = "http://www.w3.org/2001/XMLSchema"


def frames(file):
    while line := file.readline():
        schema, label, length = line.decode().rstrip("\n").split("\t")
        document = file.read(int(length))
        file.readline()
        yield schema, label, document


def schema_of(path):
    root = etree.parse(path).getroot()
    if root.tag != "{http://schemas.xmlsoap.org/wsdl/}definitions":
        return etree.XMLSchema(etree.parse(path))
    return Embedded(Path(path)).whole()


WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
LINKS = [f"{{{XSD}}}{kind}" for kind in ("import", "include", "redefine")]


class Embedded:
    """The schemas of a WSDL by namespace: inside it, inside what it imports, and the files that these lead to.

    libxml2 takes only the first import of a namespace, so all documents of one are included by one file.
    """

    def __init__(self, path):
        self.folder = Path(tempfile.mkdtemp())
        self.found, self.seen = {}, set()
        self.file(path.resolve(), None)

    def file(self, path, lent):
        if (path, lent) in self.seen:
            return
        self.seen.add((path, lent))
        root = etree.parse(str(path)).getroot()
        if root.tag == f"{{{XSD}}}schema":
            return self.schema(path, root, lent)
        for types in root.iterchildren(WSDL + "types"):
            for schema in types.iterchildren(f"{{{XSD}}}schema"):
                # A copy of its own keeps the namespaces that it has from the WSDL.
                self.schema(path, etree.fromstring(etree.tostring(schema)), None)
        for link in root.iterchildren(WSDL + "import"):
            self.follow(path, link.get("location"), None)

    def follow(self, path, location, lent):
        target = path.parent / location
        if not target.exists():
            target = path.parent / location.split("/")[-1]
        if target.is_file():
            self.file(target.resolve(), lent)

    def schema(self, path, schema, lent):
        namespace = schema.get("targetNamespace") or lent
        self.found.setdefault(namespace, []).append(schema)
        for link in list(schema.iterchildren(*LINKS)):
            if link.get("schemaLocation"):
                own = link.tag != LINKS[0]
                self.follow(path, link.get("schemaLocation"), namespace if own else None)

    def whole(self):
        number = {namespace: number for number, namespace in enumerate(self.found)}
        joined = {namespace: self.folder / f"joined{n}.xsd" for namespace, n in number.items()}
        for namespace, schemas in self.found.items():
            files = []
            for part, schema in enumerate(schemas):
                for link in list(schema.iterchildren(*LINKS)):
                    if link.tag == LINKS[0] and link.get("namespace") in joined:
                        link.set("schemaLocation", str(joined[link.get("namespace")]))
                    elif link.tag != LINKS[0] or "schemaLocation" not in link.attrib:
                        schema.remove(link)
                files.append(self.folder / f"{number[namespace]}-{part}.xsd")
                files[-1].write_bytes(etree.tostring(schema))
            write(joined[namespace], namespace, [("include", None, file) for file in files])
        everything = self.folder / "everything.xsd"
        write(everything, None, [
            ("include" if namespace is None else "import", namespace, file)
            for namespace, file in joined.items()
        ])
        return etree.XMLSchema(etree.parse(str(everything)))


def write(path, namespace, links):
    schema = etree.Element(f"{{{XSD}}}schema", nsmap={"xsd": XSD})
    if namespace:
        schema.set("targetNamespace", namespace)
    for kind, of, file in links:
        link = etree.SubElement(schema, f"{{{XSD}}}{kind}", schemaLocation=str(file))
        if of:
            link.set("namespace", of)
    path.write_bytes(etree.tostring(schema))


def main(path):
    schemas, judged, failed = {}, 0, 0
    with open(path, "rb") as file:
        for name, label, document in frames(file):
            if name not in schemas:
                try:
                    schemas[name] = schema_of(name)
                except etree.XMLSchemaParseError as error:
                    print(f"unusable\t{name}\t{error}")
                    schemas[name] = None
            schema = schemas[name]
            if schema is None:
                continue
            judged += 1
            if not schema.validate(etree.fromstring(document)):
                failed += 1
                error = schema.error_log.last_error
                print(f"invalid\t{label}\t{error.message}")
    print(f"judged\t{judged}\t{failed}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
