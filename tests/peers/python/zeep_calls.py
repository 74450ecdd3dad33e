"""Calls AcctHistSrch with zeep as its users do, and tells what a call costs.

    zeep_calls.py WSDL ENDPOINT CALLS

Prints one JSON object: CPU microseconds a call, and how many records the last answer had.
"""

import json
import sys
import time

import zeep
from zeep_client import header

NAMESPACE = "http://jackhenry.com/jxchange/TPG/2008"


def main(wsdl, endpoint, calls):
    client = zeep.Client(wsdl)
    client.transport.session.headers["Authorization"] = "Bearer some-token"
    service = client.create_service(f"{{{NAMESPACE}}}InquiryServiceSoapBinding", endpoint)

    def call():
        answer = service.AcctHistSrch(
            SrchMsgRqHdr={"jXchangeHdr": header("012345678"), "MaxRec": 100, **marks(3)},
            InAcctId={"AcctId": "000123456789", "AcctType": "D", "Ver_1": {}},
            **marks(5),
        )
        return len(answer["AcctHistSrchRecArray"]["AcctHistSrchRec"])

    for _ in range(5):
        records = call()
    before = time.process_time()
    for _ in range(int(calls)):
        records = call()
    used = time.process_time() - before
    json.dump({"cpu": used * 1e6 / int(calls), "records": records}, sys.stdout)


def marks(last):
    """zeep wants every mark of a chain once it has one."""
    return {f"Ver_{n}": {} for n in range(1, last + 1)}


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
