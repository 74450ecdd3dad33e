// error[wsdl-name-clash] b.wsdl:15: `Hdr_CType` is defined differently at a.wsdl:15
// do: generate the two services into two crates
