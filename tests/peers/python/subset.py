"""Shows that one contract is a subset of another: part by part, and with random messages.

    subset.py SUBSET_DIR WHOLE_DIR

Structure: each type, particle and attribute of SUBSET_DIR must stand in WHOLE_DIR with the same name,
type and occurrence; what is missing in between must be optional there.
Messages: random ones, valid in the subset, must be valid in the whole.
The random messages put only unknown elements into lax wildcards: what a wildcard finds declared in one
contract and not in the other is beyond what either schema can promise.
Before it judges, it checks on spoilt copies of the subset that it can refuse.
"""

import copy
import random
import sys
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
TPG = "http://jackhenry.com/jxchange/TPG/2008"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SEED = 20241003
MESSAGES_PER_ELEMENT = 60


class Contract:
    """The declarations of one Master.xsd by name."""

    def __init__(self, root):
        self.elements = {e.get("name"): e for e in root.iterchildren(XSD + "element")}
        self.types = {
            e.get("name"): e
            for e in root.iterchildren(XSD + "complexType", XSD + "simpleType")
        }


def children(node):
    return [c for c in node if isinstance(c.tag, str) and c.tag != XSD + "annotation"]


def facts(node):
    """What must be equal for two particles to admit the same, apart from what they hold."""
    defaults = {"minOccurs": "1", "maxOccurs": "1", "nillable": "false", "use": "optional"}
    return node.tag, {**defaults, **{k: v for k, v in node.attrib.items()}}


def optional(node):
    if node.tag == XSD + "attribute":
        return node.get("use", "optional") != "required"
    return node.get("minOccurs", "1") == "0"


def compare(part, whole, path, findings):
    """`part` must be `whole` without some of its optional particles."""
    if facts(part) != facts(whole):
        findings.append(f"{path}: {facts(part)} is {facts(whole)} in the whole")
        return
    rest = children(whole)
    for child in children(part):
        name = child.get("name") or child.get("ref") or first_name(child) or child.tag
        while rest and not same_place(child, rest[0]):
            skipped = rest.pop(0)
            if not optional(skipped):
                findings.append(f"{path}: required {skipped.get('name')} is left out")
        if not rest:
            findings.append(f"{path}: {name} does not stand here in the whole")
            return
        compare(child, rest.pop(0), f"{path}/{name}", findings)
    for skipped in rest:
        if not optional(skipped):
            findings.append(f"{path}: required {skipped.get('name')} is left out")


def same_place(a, b):
    def key(node):
        if node.tag == XSD + "sequence":
            # Sequences that stand side by side are told apart by the mark that opens them.
            mark = first_name(node) or ""
            return node.tag, mark if mark.startswith("Ver_") else None
        return node.tag, node.get("name"), node.get("ref")

    return key(a) == key(b)


def first_name(node):
    return next((c.get("name") for c in children(node) if c.get("name")), None)


def structure(part, whole):
    findings = []
    for name, element in part.elements.items():
        if name not in whole.elements:
            findings.append(f"element {name} is not in the whole")
        elif facts(element) != facts(whole.elements[name]):
            findings.append(f"element {name} is declared otherwise in the whole")
    for name, kind in part.types.items():
        if name not in whole.types:
            findings.append(f"type {name} is not in the whole")
        else:
            compare(kind, whole.types[name], name, findings)
    return findings


class Messages:
    """Random instances of a contract's elements."""

    def __init__(self, contract, seed):
        self.contract = contract
        self.random = random.Random(seed)

    def message(self, name):
        root = etree.Element(f"{{{TPG}}}{name}", nsmap={None: TPG, "xsi": XSI})
        self.richness = self.random.choice([0.05, 0.3, 0.6, 0.95])
        self.fill(root, self.contract.elements[name].get("type"), 0)
        return root

    def fill(self, element, kind, depth):
        if kind.startswith("xsd:"):
            element.text = self.text(kind)
            return
        self.walk(element, self.contract.types[kind], depth)

    def walk(self, element, node, depth):
        for child in children(node):
            if child.tag == XSD + "attribute":
                if self.random.random() < self.richness / 2:
                    element.set(child.get("name"), self.word())
            elif child.tag in (XSD + "extension", XSD + "restriction"):
                self.fill(element, child.get("base"), depth)
                self.walk(element, child, depth)
            elif child.tag == XSD + "simpleContent":
                self.walk(element, child, depth)
            elif child.tag == XSD + "sequence":
                for _ in range(self.count(child, depth)):
                    self.walk(element, child, depth)
            elif child.tag == XSD + "element":
                for _ in range(self.count(child, depth)):
                    self.place(element, child, depth)
            elif child.tag == XSD + "any":
                for _ in range(self.count(child, depth)):
                    self.unknown(element, child.get("namespace"))
            else:
                raise SystemExit(f"no messages for {child.tag}")

    def place(self, parent, declaration, depth):
        if declaration.get("ref") == "wsse:Security":
            security = etree.SubElement(parent, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
            assertion = etree.SubElement(security, "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
            assertion.set("ID", "_" + self.word())
            return
        child = etree.SubElement(parent, f"{{{TPG}}}{declaration.get('name')}")
        if declaration.get("nillable") == "true" and self.random.random() < 0.1:
            child.set(f"{{{XSI}}}nil", "true")
            return
        self.fill(child, declaration.get("type"), depth + 1)

    def unknown(self, parent, namespace):
        home = TPG if namespace == "##targetNamespace" else "urn:example:vendor"
        child = etree.SubElement(parent, f"{{{home}}}Unheard{self.random.randint(1, 9)}")
        child.set("Since", "2099")
        etree.SubElement(child, f"{{{home}}}Of").text = self.word()

    def count(self, node, depth):
        least = int(node.get("minOccurs", "1"))
        most = node.get("maxOccurs", "1")
        most = least + 3 if most == "unbounded" else int(most)
        # Deep in a message the odds fall, so that messages end.
        odds = self.richness if depth < 5 else self.richness / 2
        return least + sum(self.random.random() < odds for _ in range(most - least))

    def text(self, kind):
        r = self.random
        return {
            "xsd:string": lambda: self.word() if r.random() < 0.9 else "",
            "xsd:decimal": lambda: f"{r.choice(['', '-', '+'])}{r.randint(0, 10**17)}.{r.randint(0, 99):02}",
            "xsd:int": lambda: str(r.randint(-(2**31), 2**31 - 1)),
            "xsd:long": lambda: str(r.randint(-(2**63), 2**63 - 1)),
            "xsd:date": lambda: f"{r.randint(1900, 2099)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
            "xsd:dateTime": lambda: f"2026-{r.randint(1, 12):02}-11T{r.randint(0, 23):02}:59:00.5Z",
        }[kind]()

    def word(self):
        return "".join(self.random.choice("abcXYZ019 -&<>'\"äß€") for _ in range(self.random.randint(1, 12)))


SPOILT = {
    "another order": lambda root: swap(root.find(f".//{XSD}complexType[@name='jXchangeHdr_CType']/{XSD}sequence")),
    "another type": lambda root: root.find(f".//{XSD}element[@name='AuditUsrId']").set("type", "JxVer_Type"),
    "occurs more often": lambda root: root.find(f".//{XSD}element[@name='JxVer']").set("maxOccurs", "2"),
    "required left out": lambda root: drop(root, "AuditWsId"),
    "a tail too early": lambda root: early_tail(root),
}


def swap(sequence):
    sequence.append(sequence[0])


def drop(root, name):
    element = root.find(f".//{XSD}element[@name='{name}']")
    element.getparent().remove(element)


def early_tail(root):
    """The chain of jXchangeHdr ends at Ver_1, with its tail there."""
    header = root.find(f".//{XSD}complexType[@name='jXchangeHdr_CType']")
    tail = header.find(f".//{XSD}any")
    first = header.find(f"{XSD}sequence/{XSD}sequence")
    for child in first[1:]:
        first.remove(child)
    first.append(tail)


def main(subset_dir, whole_dir):
    failed = False
    masters = sorted(Path(subset_dir).glob("TPG_*Master.xsd"))
    if not masters:
        raise SystemExit(f"no TPG_*Master.xsd in {subset_dir}")
    for path in masters:
        tree, whole_tree = etree.parse(path), etree.parse(Path(whole_dir) / path.name)
        part, whole = Contract(tree.getroot()), Contract(whole_tree.getroot())
        for name, spoil in SPOILT.items():
            spoilt = copy.deepcopy(tree.getroot())
            spoil(spoilt)
            if not structure(Contract(spoilt), whole):
                print(f"{path.name}: a copy with {name} was not refused")
                failed = True
        for finding in structure(part, whole):
            print(f"{path.name}: {finding}")
            failed = True

        narrow, wide = etree.XMLSchema(tree), etree.XMLSchema(whole_tree)
        messages, sent = Messages(part, SEED), 0
        for name in part.elements:
            for _ in range(MESSAGES_PER_ELEMENT):
                message = etree.fromstring(etree.tostring(messages.message(name)))
                sent += 1
                for schema, which in (narrow, "the subset"), (wide, "the whole"):
                    if not schema.validate(message):
                        print(f"{path.name}: a {name} is not valid in {which}: {schema.error_log.last_error}")
                        failed = True
        print(f"{path.name}: {len(part.types)} types, {sent} messages")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
