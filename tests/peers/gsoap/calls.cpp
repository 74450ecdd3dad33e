// Calls AcctHistSrch with gSOAP as its users do, and tells what a call costs:
//
//     calls ENDPOINT CALLS
//
// Prints one JSON object: CPU microseconds a call, and how many records the last answer had. The bench `call` makes
// it from the sample's contract with wsdl2h, soapcpp2 and g++, where these are installed.
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>

#include "InquiryServiceSoapBinding.nsmap"
#include "soapInquiryServiceSoapBindingProxy.h"

static double used() {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static size_t call(InquiryServiceSoapBindingProxy &proxy) {
  struct soap *soap = proxy.soap;
  ns1__InstRtId_USCOREType institution;
  institution.__item = "012345678";
  ns1__InstEnv_USCOREType environment;
  environment.__item = "TEST";
  __ns1__jXchangeHdr_USCORECType_sequence_ behind_second_mark;
  behind_second_mark.InstRtId = &institution;
  behind_second_mark.InstEnv = &environment;
  ns1__jXLogTrackingId_USCOREType tracking;
  tracking.__item = "gsoap-0001";
  __ns1__jXchangeHdr_USCORECType_sequence behind_first_mark;
  behind_first_mark.jXLogTrackingId = &tracking;
  behind_first_mark.__jXchangeHdr_USCORECType_sequence_ = &behind_second_mark;
  ns1__AuditUsrId_USCOREType user;
  user.__item = "audit-user";
  ns1__AuditWsId_USCOREType workstation;
  workstation.__item = "audit-workstation";
  ns1__jXchangeHdr_USCORECType header;
  header.AuditUsrId = &user;
  header.AuditWsId = &workstation;
  header.__jXchangeHdr_USCORECType_sequence = &behind_first_mark;
  ns1__MaxRec_USCOREType most;
  most.__item = 100;
  ns1__SrchMsgRqHdr_USCORECType head;
  head.jXchangeHdr = &header;
  head.MaxRec = &most;
  ns1__AcctId_USCOREType id;
  id.__item = "000123456789";
  ns1__AcctType_USCOREType kind;
  kind.__item = "D";
  ns1__AccountId_USCORECType account;
  account.AcctId = &id;
  account.AcctType = &kind;
  ns1__AcctHistSrchRq_USCOREMType request;
  request.SrchMsgRqHdr = &head;
  request.InAcctId = &account;
  ns1__AcctHistSrchRs_USCOREMType answer;
  soap->bearer = "some-token";
  if (proxy.AcctHistSrch(&request, answer) != SOAP_OK) {
    proxy.soap_stream_fault(std::cerr);
    std::exit(1);
  }
  const size_t records = answer.AcctHistSrchRecArray->AcctHistSrchRec.size();
  proxy.destroy();
  return records;
}

int main(int count, char **words) {
  if (count != 3) {
    std::fprintf(stderr, "calls ENDPOINT CALLS\n");
    return 2;
  }
  InquiryServiceSoapBindingProxy proxy(words[1], SOAP_IO_KEEPALIVE);
  const int calls = std::atoi(words[2]);
  size_t records = 0;
  for (int n = 0; n < 50; n++) records = call(proxy);
  const double before = used();
  for (int n = 0; n < calls; n++) records = call(proxy);
  std::printf("{\"cpu\": %.1f, \"records\": %zu}\n", (used() - before) / calls, records);
}
