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
SOAP = ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/"]
LINKS = [f"{{{XSD}}}{kind}" for kind in ("import", "include", "redefine")]


class Embedded:
    """The schemas of a WSDL by namespace: inside it, inside what it imports, and the files that these lead to.

    libxml2 takes only the first import of a namespace, so all documents of one are included by one file.
    """

    def __init__(self, path):
        self.folder = Path(tempfile.mkdtemp())
        self.found, self.seen, self.definitions = {}, set(), []
        self.file(path.resolve(), None)
        self.undeclared()

    def file(self, path, lent):
        if (path, lent) in self.seen:
            return
        self.seen.add((path, lent))
        root = etree.parse(str(path)).getroot()
        if root.tag == f"{{{XSD}}}schema":
            return self.schema(path, root, lent)
        self.definitions.append(root)
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

    def undeclared(self):
        """Declares what SOAP makes of messages: wrappers of rpc style, and parts that name a type."""
        declared = {
            (namespace, element.get("name"))
            for namespace, schemas in self.found.items()
            for schema in schemas
            for element in schema.iterchildren(f"{{{XSD}}}element")
        }
        for binding, style, operation, direction, body in self.bodies():
            of_operation = self.named("portType", binding, "type")
            spoken = [o for o in of_operation.iterchildren(WSDL + "operation")
                      if o.get("name") == operation.get("name")][0].find(WSDL + direction)
            message = self.named("message", spoken, "message")
            names = body.get("parts")
            parts = [part for part in message.iterchildren(WSDL + "part")
                     if names is None or part.get("name") in names.split()]
            if style == "rpc":
                name = operation.get("name") + ("Response" if direction == "output" else "")
                namespace = body.get("namespace") or binding.getparent().get("targetNamespace")
            elif len(parts) == 1 and parts[0].get("type"):
                name, namespace = parts[0].get("name"), body.get("namespace") or None
            else:
                continue
            if (namespace, name) in declared or any(part.get("type") is None for part in parts):
                continue
            declared.add((namespace, name))
            schema = etree.Element(f"{{{XSD}}}schema", nsmap={"xsd": XSD})
            if namespace:
                schema.set("targetNamespace", namespace)
            types = [etree.QName(*self.resolved(part, "type")) for part in parts]
            for used in {ty.namespace for ty in types} - {XSD, namespace}:
                link = etree.SubElement(schema, f"{{{XSD}}}import")
                if used:
                    link.set("namespace", used)
            if style == "rpc":
                wrapper = etree.SubElement(schema, f"{{{XSD}}}element", name=name)
                inside = etree.SubElement(wrapper, f"{{{XSD}}}complexType")
                inside = etree.SubElement(inside, f"{{{XSD}}}sequence")
            else:
                inside = schema
            for part, ty in zip(parts, types):
                element = etree.SubElement(inside, f"{{{XSD}}}element", nsmap={"of": ty.namespace})
                element.set("name", part.get("name"))
                element.set("type", f"of:{ty.localname}")
            self.found.setdefault(namespace, []).append(schema)

    def bodies(self):
        """Each literal SOAP body with its binding, style, operation and direction."""
        for binding in (b for d in self.definitions for b in d.iterchildren(WSDL + "binding")):
            soap = [child for child in binding if in_soap(child, "binding")]
            for operation in binding.iterchildren(WSDL + "operation") if soap else ():
                own = [child.get("style") for child in operation if in_soap(child, "operation")]
                style = own and own[0] or soap[0].get("style") or "document"
                for direction in ("input", "output"):
                    bound = operation.find(WSDL + direction)
                    for body in () if bound is None else bound:
                        if in_soap(body, "body") and body.get("use") != "encoded":
                            yield binding, style, operation, direction, body

    def named(self, kind, element, attribute):
        """The component of WSDL that an attribute names."""
        namespace, name = self.resolved(element, attribute)
        for definitions in self.definitions:
            if definitions.get("targetNamespace") == namespace:
                for found in definitions.iterchildren(WSDL + kind):
                    if found.get("name") == name:
                        return found
        raise LookupError(f"{kind} {name}")

    def resolved(self, element, attribute):
        prefix, _, name = element.get(attribute).strip().rpartition(":")
        return element.nsmap.get(prefix or None), name

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


def in_soap(element, local):
    return element.tag in [f"{{{namespace}}}{local}" for namespace in SOAP]


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
                except (etree.XMLSchemaParseError, LookupError) as error:
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
