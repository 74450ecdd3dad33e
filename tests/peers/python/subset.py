"""Shows that one contract is a subset of another, part by part.

    subset.py SUBSET_DIR WHOLE_DIR

Structure: each type, particle and attribute of SUBSET_DIR must stand in WHOLE_DIR with the same name,
type and occurrence; what is missing in between must be optional there.
Before it judges, it checks on spoilt copies of the subset that it can refuse.
"""

import copy
import sys
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"


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
        print(f"{path.name}: {len(part.types)} types")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
