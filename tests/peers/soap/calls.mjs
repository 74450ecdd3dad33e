// Calls AcctHistSrch with node-soap as its users do, and tells what a call costs:
//
//     node calls.mjs WSDL ENDPOINT CALLS
//
// Prints one JSON object: CPU microseconds a call, and how many records the last answer had.
import soap from "soap";

const [wsdl, endpoint, calls] = process.argv.slice(2);
const client = await soap.createClientAsync(wsdl, { forever: true });
client.setEndpoint(endpoint);
client.setSecurity(new soap.BearerSecurity("some-token"));

const request = {
  SrchMsgRqHdr: {
    jXchangeHdr: {
      AuditUsrId: "audit-user",
      AuditWsId: "audit-workstation",
      Ver_1: {},
      jXLogTrackingId: "node-soap-0001",
      Ver_2: {},
      InstRtId: "012345678",
      InstEnv: "TEST",
    },
    MaxRec: 100,
  },
  InAcctId: { AcctId: "000123456789", AcctType: "D" },
};

async function call() {
  const [answer] = await client.AcctHistSrchAsync(request);
  return answer.AcctHistSrchRecArray.AcctHistSrchRec.length;
}

let records;
for (let n = 0; n < 50; n += 1) records = await call();
const before = process.cpuUsage();
for (let n = 0; n < Number(calls); n += 1) records = await call();
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpu: (user + system) / Number(calls), records }));
process.exit(0);
