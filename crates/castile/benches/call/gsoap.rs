//! Builds the gSOAP client, where its tools are installed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where distributions and gSOAP's own installation keep what it imports.
const SHARES: [&str; 2] = ["/usr/share/gsoap", "/usr/local/share/gsoap"];

/// The program, built once; none without `wsdl2h`, `soapcpp2`, their files and `g++`.
pub(crate) fn program(root: &Path) -> Option<PathBuf> {
    let share = SHARES.iter().map(Path::new).find(|share| share.is_dir())?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gsoap");
    let program = folder.join("calls");
    if program.exists() {
        return Some(program);
    }
    std::fs::create_dir_all(&folder).ok()?;
    let run = |command: &mut Command| command.current_dir(&folder).output().ok();
    let done = |command: &mut Command| run(command).filter(|output| output.status.success());
    let wsdl = root.join("wsdl/sample/TPG_Inquiry.wsdl");
    done(
        Command::new("wsdl2h")
            .args(["-P", "-o", "calls.h"])
            .arg(wsdl),
    )?;
    let imports = format!("-I{}:{}", share.join("import").display(), share.display());
    done(Command::new("soapcpp2").args(["-C", "-L", "-w", "-x", "-j", &imports, "calls.h"]))?;
    println!("the gSOAP client is built, which takes half a minute");
    let mut compiler = Command::new("g++");
    compiler
        .args(["-O2", "-I."])
        .arg(root.join("tests/peers/gsoap/calls.cpp"));
    compiler.args(["soapInquiryServiceSoapBindingProxy.cpp", "soapC.cpp"]);
    compiler
        .args(["-x", "c++"])
        .arg(share.join("custom/struct_timeval.c"));
    done(compiler.args(["-x", "none", "-lgsoap++", "-o", "calls"]))?;
    Some(program)
}
