//! Inputs to begin with, made here.

const S11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const S12: &str = "http://www.w3.org/2003/05/soap-envelope";
const OASIS: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const DRAFT: &str = "http://schemas.xmlsoap.org/ws/2003/06/secext";

/// Writes the first inputs of a target into the folder that `CASTILE_FUZZ_SEEDS` names, before the corpus is read.
pub fn sow(target: &str) {
    let Some(folder) = std::env::var_os("CASTILE_FUZZ_SEEDS") else {
        return;
    };
    for (n, seed) in seeds(target).iter().enumerate() {
        let path = std::path::Path::new(&folder).join(format!("seed-{n:03}"));
        std::fs::write(path, seed).expect("a folder to write to");
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let envelopes = envelopes();
    let with = |prefix: &[u8]| {
        let one = |text: &String| [prefix, text.as_bytes()].concat();
        envelopes.iter().map(one).collect::<Vec<_>>()
    };
    match target {
        "chunked" => with(b"abcd"),
        "decode" => crate::message::seeds(),
        "utf16" => (0..8)
            .flat_map(|kind| with(&[b'a', b'b', b'c', b'd', kind]))
            .collect(),
        "multipart" => envelopes
            .iter()
            .flat_map(|envelope| related(envelope))
            .collect(),
        _ => with(b""),
    }
}

fn envelopes() -> Vec<String> {
    let security = [
        format!(
            "<w:Security xmlns:w='{OASIS}'><w:UsernameToken><w:Username>u</w:Username></w:UsernameToken></w:Security>"
        ),
        format!("<Security xmlns=\"{DRAFT}\" />"),
        format!(
            "<w:Security xmlns:w='{OASIS}' s:mustUnderstand='1' s:actor='{S11}'><!-- </w:Security> --><![CDATA[</w:Security>]]></w:Security\n>"
        ),
        format!(
            "<w:Security xmlns:w='{OASIS}'>&#x3c;&amp;<w:Security a='>'/><?p > ?></w:Security>"
        ),
    ];
    let others = [
        "",
        "<o:a xmlns:o='urn:o' b='c'>t</o:a>",
        "<Security xmlns='urn:other'/>\n",
        "<!-- c -->\t",
        "<o:Security xmlns:o='urn:o'><o:b/></o:Security>\r\n",
    ];
    let prologs = [
        "",
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!--c-->",
        "\u{feff}<?xml version='1.0' encoding='utf-16'?>",
        "<?xml version='1.0' encoding='iso-8859-1'?>",
    ];
    let mut all = Vec::new();
    for (n, soap) in [S11, S12, S11, S12].into_iter().enumerate() {
        for (m, security) in security.iter().enumerate() {
            let other = others[(n * 2 + m) % others.len()];
            let prolog = prologs[(n + m) % prologs.len()];
            let header = [
                format!("{security}{other}"),
                format!("{other}{security}{security}"),
            ];
            let header = &header[(n + m) % 2];
            all.push(format!(
                "{prolog}<s:Envelope xmlns:s='{soap}'><s:Header>{header}</s:Header>\n<s:Body><a xmlns='urn:a'><w:Security xmlns:w='{OASIS}'/>\u{e9}</a></s:Body></s:Envelope>"
            ));
        }
        all.push(format!(
            "<Envelope xmlns=\"{soap}\"><Header/><Body/></Envelope>"
        ));
        all.push(format!(
            "<Envelope xmlns=\"{soap}\" ><Body></Body></Envelope>"
        ));
        all.push(format!(
            "<e:Envelope xmlns:e='{soap}' xmlns:w='{OASIS}'><e:Header xmlns:s='{soap}'><w:Security xmlns:w='urn:x'/><w:Security/></e:Header><s:Body xmlns:s='{soap}'/></e:Envelope>"
        ));
    }
    all
}

fn related(envelope: &str) -> Vec<Vec<u8>> {
    let length = envelope.len();
    let root = format!(
        "Content-Type: application/xop+xml; charset=utf-8\r\nContent-ID: <r>\r\n\r\n{envelope}\r\n"
    );
    let counted = format!(
        "Content-ID: <r>\r\nContent-Length: {length}\r\nContent-Type: text/xml\r\n\r\n{envelope}\r\n"
    );
    let other = "Content-ID: <a>\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\x7f--b<w:Security/>\n--c\r\n";
    let xop = "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r>\"";
    let plain = "Multipart/Related;boundary=\"b\";type=text/xml";
    [
        format!("abcd{xop}\n--b\r\n{root}--b\r\n{other}--b--\r\n"),
        format!("efgh{xop}\nThis is MIME.\r\n--b \r\n{other}--b\r\n{root}--b--"),
        format!("ijkl{plain}\n--b\r\n{counted}--b\r\n{other}--b--\r\nepilogue"),
        format!("mnop{plain};start=r\n--b\r\n{other}--b\t\r\n{counted}--b--\r\n"),
    ]
    .map(String::into_bytes)
    .to_vec()
}
