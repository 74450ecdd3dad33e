//! The families of languages that have a table of rules.

use std::path::Path;

/// A family of languages with one table of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Language {
    /// C#.
    CSharp,
    /// Java and Kotlin.
    Java,
    /// JavaScript and TypeScript.
    JavaScript,
    /// PHP.
    Php,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// XML: `app.config`, `web.config`, Spring and CXF configuration, SoapUI projects, messages.
    Xml,
    /// JSON: `appsettings.json`, Postman collections.
    Json,
    /// Lines of names and values: properties, YAML, TOML, INI and environment files.
    Settings,
}

impl Language {
    /// All families.
    pub const ALL: [Self; 9] = [
        Self::CSharp,
        Self::Java,
        Self::JavaScript,
        Self::Php,
        Self::Python,
        Self::Rust,
        Self::Xml,
        Self::Json,
        Self::Settings,
    ];

    /// The family of a file by its name; none if it is of no kind that is scanned.
    ///
    /// Contracts (`.wsdl`, `.xsd`) are none: jXchange's hold placeholders for addresses and no policy.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        if name == ".env" || name.starts_with(".env.") {
            return Some(Self::Settings);
        }
        Some(match name.rsplit_once('.')?.1 {
            "cs" | "csx" => Self::CSharp,
            "java" | "kt" | "kts" => Self::Java,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Self::JavaScript,
            "php" | "phtml" => Self::Php,
            "py" | "pyw" => Self::Python,
            "rs" => Self::Rust,
            "xml" | "config" | "csproj" | "vbproj" | "props" | "targets" | "disco" | "svcinfo" => {
                Self::Xml
            }
            "json" => Self::Json,
            "properties" | "yml" | "yaml" | "toml" | "ini" | "env" | "conf" => Self::Settings,
            _ => return None,
        })
    }

    /// The name of the family.
    pub fn name(self) -> &'static str {
        match self {
            Self::CSharp => "C#",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript/TypeScript",
            Self::Php => "PHP",
            Self::Python => "Python",
            Self::Rust => "Rust",
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::Settings => "settings",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides() {
        let of = |name: &str| Language::of(Path::new(name));
        assert_eq!(of("src/Web.CONFIG"), Some(Language::Xml));
        assert_eq!(of("a/.env.test"), Some(Language::Settings));
        assert_eq!(of("pay.postman_collection.json"), Some(Language::Json));
        assert_eq!(of("TPG_Inquiry.wsdl"), None);
        assert_eq!(of("Makefile"), None);
    }
}
