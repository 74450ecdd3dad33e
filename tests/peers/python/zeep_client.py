"""An old client as zeep users write it: WSDL, UsernameToken, calls. Knows nothing of OAuth.

    zeep_client.py WSDL_DIR GATEWAY_URL USER PASSWORD

GATEWAY_URL is what stands before `/Inquiry.svc`. Prints one JSON object with what came back.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import zeep
from zeep.wsse.username import UsernameToken

def service(folder, gateway, user, password, name):
    client = zeep.Client(str(Path(folder) / f"TPG_{name}.wsdl"), wsse=UsernameToken(user, password))
    binding = f"{{http://jackhenry.com/jxchange/TPG/2008}}{name}ServiceSoapBinding"
    return client.create_service(binding, f"{gateway}/{name}.svc")


def header(institution):
    # zeep wants every mark of a chain once it has one.
    return {
        "AuditUsrId": "auditor",
        "AuditWsId": "desk-1",
        "Ver_1": {},
        "jXLogTrackingId": "zeep-0001",
        "Ver_2": {},
        "InstRtId": institution,
        "InstEnv": "TEST",
        "Ver_3": {},
        "Ver_4": {},
        "Ver_5": {},
        "Ver_6": {},
    }


def text(value):
    """A value's text; zeep gives an object where attributes are possible."""
    return value if value is None or isinstance(value, str) else value["_value_1"]


MARKS = {"Ver_1": {}, "Ver_2": {}, "Ver_3": {}}


def main(*way):
    inquiry = service(*way, "Inquiry")
    pong = inquiry.Ping(PingRq="from zeep", Ver_1={})

    customer = service(*way, "Customer")
    found = customer.CustSrch(
        SrchMsgRqHdr={"jXchangeHdr": header("012345678"), "MaxRec": 2, **MARKS},
        PersonName={"ComName": {"_value_1": "s", "SrchType": "Contains"}, "Ver_1": {}},
        **{f"Ver_{n}": {} for n in range(1, 8)},
    )

    transaction = service(*way, "Transaction")
    try:
        moved = transaction.XferAdd(
            MsgRqHdr={"jXchangeHdr": header("012345678"), **MARKS},
            AcctIdFrom={"FromAcctId": "no-such-account", "FromAcctType": "D", "Ver_1": {}},
            AcctIdTo={"ToAcctId": "no-such-account", "ToAcctType": "D", "Ver_1": {}},
            XferRec={"Amt": Decimal("10.00"), **{f"Ver_{n}": {} for n in range(1, 9)}},
            **MARKS,
        )
        fault = None
    except zeep.exceptions.Fault as refused:
        moved = None
        fault = next(e.text for e in refused.detail.iter("{*}ErrCode"))

    json.dump(
        {
            "ping": text(pong["PingRs"]),
            "customers": [text(r["CustId"]) for r in found["CustSrchRecArray"]["CustSrchRec"]],
            "more": text(found["SrchMsgRsHdr"]["MoreRec"]),
            "fault": fault,
            "moved": moved is not None,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
