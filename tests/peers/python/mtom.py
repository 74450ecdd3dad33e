"""An MTOM peer: `mtom.py read TYPE FILE` and `mtom.py write FILE NAME...`.

`read` parts a message with requests-toolbelt and puts its attachments into the envelope with zeep, as zeep does with
an answer, and prints the envelope. `write` takes the base64 of the elements of those local names out of an envelope,
and prints the Content-Type in a line and the message behind it, its root part last.
"""

import base64
import sys
import uuid
from email.message import Message

from lxml import etree
from requests_toolbelt.multipart.decoder import MultipartDecoder
from zeep.wsdl.attachments import MessagePack
from zeep.wsdl.messages.xop import process_xop

XOP = "http://www.w3.org/2004/08/xop/include"


def read(content_type, path):
    header = Message()
    header["Content-Type"] = content_type
    assert header.get_content_type() == "multipart/related"
    assert header.get_param("type") == "application/xop+xml"
    with open(path, "rb") as file:
        decoder = MultipartDecoder(file.read(), content_type, "utf-8")
    pack = MessagePack(decoder.parts)
    root = pack.get_by_content_id(header.get_param("start"))
    part = Message()
    part["Content-Type"] = root.content_type
    assert part.get_content_type() == "application/xop+xml"
    assert part.get_param("type") == header.get_param("start-info")
    document = etree.fromstring(root.content)
    process_xop(document, pack)
    sys.stdout.buffer.write(etree.tostring(document))


def write(path, names):
    document = etree.parse(path).getroot()
    boundary = "uuid:%s" % uuid.uuid4()
    parts = []
    for element in document.iter("{*}*"):
        if etree.QName(element).localname in names:
            content = base64.b64decode(element.text)
            cid = "%s %d@python.invalid" % (uuid.uuid4(), len(parts))
            element.text = "\n  "
            include = etree.SubElement(element, "{%s}Include" % XOP)
            include.set("href", "cid:" + cid.replace(" ", "%20"))
            include.tail = "\n"
            parts.append((cid, "image/tiff", content))
    parts.append(
        (
            "root@python.invalid",
            'application/xop+xml;charset="utf-8";\r\n\ttype="text/xml"',
            etree.tostring(document, xml_declaration=True, encoding="UTF-8"),
        )
    )
    body = b"This is a multi-part message.\r\n"
    for cid, kind, content in parts:
        head = "--%s\r\nContent-Id: <%s>\r\nContent-Type: %s\r\n" % (boundary, cid, kind)
        head += "content-transfer-encoding: BINARY\r\n\r\n"
        body += head.encode() + content + b"\r\n"
    body += b"--%s--" % boundary.encode()
    kind = 'Multipart/Related;boundary="%s";type="application/xop+xml";' % boundary
    kind += 'start="<root@python.invalid>";start-info="text/xml"'
    sys.stdout.buffer.write(kind.encode() + b"\n" + body)


if sys.argv[1] == "read":
    read(sys.argv[2], sys.argv[3])
else:
    write(sys.argv[2], sys.argv[3:])
