//! `urllib` and `urllib2` become `urllib.request`, `urllib.parse`, `urllib.error`.
//!
//! | before | after |
//! |---|---|
//! | `import urllib` | `import urllib.request, urllib.parse, urllib.error` |
//! | `from urllib import quote, urlopen` | one import for each new module |
//! | `urllib.quote(x)` | `urllib.parse.quote(x)` |
//! | `from urllib import *`, `import urllib as u` | as they were, with a warning |
//!
//! Oddities of 2to3 that are kept: names that are nowhere any more are dropped
//! from an import of several without a word; comments before such an import go
//! with it; names in parentheses are not looked at; and the same statement is
//! found several times, which converts the second module of
//! `import urllib, urllib2`, and repeats warnings.

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Outcome, Trouble, Wanted};
use crate::found::{Asker, Found};
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    run_order: 6,
    keep_line_order: true,
    first: Some(open_parentheses),
    last: Some(move_rest),
    ..Fixer::with_state("urllib", Wanted::Built(pattern), || Box::new(Urllib))
};

/// A module of Python 3, and what it has of one of Python 2.
type Part = (&'static str, &'static [&'static str]);

const MODULES: &[(&str, &[Part])] = &[
    (
        "urllib",
        &[("urllib.request", REQUEST), ("urllib.parse", PARSE), ("urllib.error", &["ContentTooShortError"])],
    ),
    (
        "urllib2",
        &[
            ("urllib.request", REQUEST2),
            ("urllib.error", &["URLError", "HTTPError"]),
            ("urllib.parse", PARSE),
        ],
    ),
];

const REQUEST: &[&str] = &[
    "URLopener",
    "FancyURLopener",
    "urlretrieve",
    "_urlopener",
    "urlopen",
    "urlcleanup",
    "pathname2url",
    "url2pathname",
    "getproxies",
];

const REQUEST2: &[&str] = &[
    "urlopen",
    "install_opener",
    "build_opener",
    "Request",
    "OpenerDirector",
    "BaseHandler",
    "HTTPDefaultErrorHandler",
    "HTTPRedirectHandler",
    "HTTPCookieProcessor",
    "ProxyHandler",
    "HTTPPasswordMgr",
    "HTTPPasswordMgrWithDefaultRealm",
    "AbstractBasicAuthHandler",
    "HTTPBasicAuthHandler",
    "ProxyBasicAuthHandler",
    "AbstractDigestAuthHandler",
    "HTTPDigestAuthHandler",
    "ProxyDigestAuthHandler",
    "HTTPHandler",
    "HTTPSHandler",
    "FileHandler",
    "FTPHandler",
    "CacheFTPHandler",
    "UnknownHandler",
];

const PARSE: &[&str] = &[
    "quote",
    "quote_plus",
    "unquote",
    "unquote_plus",
    "urlencode",
    "splitattr",
    "splithost",
    "splitnport",
    "splitpasswd",
    "splitport",
    "splitquery",
    "splittag",
    "splittype",
    "splituser",
    "splitvalue",
];

/// The same alternatives for each part of each module: how often a statement
/// is found depends on it.
fn pattern() -> String {
    let mut alternatives = Vec::new();
    for (old, parts) in MODULES {
        for (_, members) in *parts {
            let members = format!("('{}')", members.join("'|'"));
            alternatives.push(format!(
                "import_name< 'import' (module='{old}' | dotted_as_names< any* module='{old}' any* >) >
                 |
                 import_from< 'from' mod_member='{old}' 'import'
                     ( member={members} | import_as_name< member={members} 'as' any > |
                       import_as_names< members=any* > ) >
                 |
                 import_from< 'from' module_star='{old}' 'import' star='*' >
                 |
                 import_name< 'import' dotted_as_name< module_as='{old}' 'as' any > >
                 |
                 power< bare_with_attr='{old}' trailer< '.' member={members} > any* >"
            ));
        }
    }
    alternatives.join("|")
}

fn parts_of(module: &str) -> &'static [Part] {
    MODULES.iter().find(|(old, _)| *old == module).map_or(&[], |(_, parts)| parts)
}

/// Where more has gone, which 2to3 does not know.
const FURTHER: &[Part] = &[
    (
        "urllib.request",
        &[
            "AbstractHTTPHandler",
            "HTTPErrorProcessor",
            "MAXFTPCACHE",
            "ftpcache",
            "ftperrors",
            "ftpwrapper",
            "getproxies",
            "getproxies_environment",
            "localhost",
            "noheaders",
            "parse_http_list",
            "parse_keqv_list",
            "proxy_bypass",
            "proxy_bypass_environment",
            "request_host",
            "thishost",
            "url2pathname",
        ],
    ),
    ("urllib.parse", &["unwrap"]),
    ("urllib.response", &["addbase", "addclosehook", "addinfo", "addinfourl"]),
];

fn further_home(member: &str) -> Option<&'static str> {
    FURTHER.iter().find(|(_, members)| members.contains(&member)).map(|(new, _)| *new)
}

/// With `--beyond` names in parentheses are seen, too, and names that 2to3 does not know.
fn open_parentheses(tree: &mut Tree, _cx: &mut Context<'_>) {
    util::open_imports(tree, &["urllib", "urllib2"]);
    let is_import = |node: &NodeId| {
        let from = tree.child(*node, 1).map(|from| tree.value(from));
        tree.kind(*node) == Kind::ImportFrom && matches!(from, Some("urllib" | "urllib2"))
    };
    let imports: Vec<NodeId> = tree.pre_order(tree.root()).filter(is_import).collect();
    for import in imports {
        let (Some(from), Some(name)) = (tree.child(import, 1), tree.child(import, 3)) else { continue };
        let name = tree.first_child(name).filter(|_| tree.kind(name) == Kind::ImportAsName).unwrap_or(name);
        let is_known = new_home(tree.value(from), tree.value(name)).is_some();
        if let Some(new) = further_home(tree.value(name)).filter(|_| !is_known) {
            util::rename(tree, from, new);
        }
    }
}

/// With `--beyond`: `urllib.unwrap(x)`.
fn move_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    let powers: Vec<NodeId> = tree.pre_order(tree.root()).filter(|node| tree.kind(*node) == Kind::Power).collect();
    for power in powers {
        let parts: Vec<NodeId> = tree.children(power).take(2).collect();
        let [module, trailer] = parts[..] else { continue };
        let Some(name) = tree.child(trailer, 1) else { continue };
        if matches!(tree.value(module), "urllib" | "urllib2")
            && tree.kind(trailer) == Kind::Trailer
            && let Some(new) = further_home(tree.value(name))
        {
            util::rename(tree, module, new);
        }
    }
}

/// Where a member of a module has gone.
fn new_home(module: &str, member: &str) -> Option<&'static str> {
    parts_of(module).iter().find(|(_, members)| members.contains(&member)).map(|(new, _)| *new)
}

struct Urllib;

impl Fix for Urllib {
    fn matches(&mut self, tree: &Tree, node: NodeId, asker: &mut Asker<'_, '_>) -> Option<Found> {
        let found = asker.ask(tree, node)?;
        let alone = found.has("bare_with_attr") || !util::is_within_match(tree, node, asker);
        alone.then_some(found)
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        let mut trouble = None;
        if let Some(module) = found.one("module") {
            split_module(tree, module);
        } else if let Some(module) = found.one("mod_member") {
            trouble = match found.one("member") {
                Some(member) => move_member(tree, module, member),
                None => split_import(tree, node, module, found.many("members"), cx.corrects())?,
            };
        } else if let Some(module) = found.one("bare_with_attr") {
            trouble = move_member(tree, module, found.need("member")?);
        } else if found.has("module_star") {
            trouble = Some("Cannot handle star imports.");
        } else if found.has("module_as") {
            trouble = Some("This module is now multiple modules");
        }
        if let Some(reason) = trouble {
            cx.cannot_convert(tree, node, Some(reason));
        }
        Ok(None)
    }
}

/// Puts the names of all new modules in the place of the old one.
fn split_module(tree: &mut Tree, module: NodeId) {
    let prefix = tree.prefix(module).to_owned();
    let mut names = Vec::new();
    for (new, _) in parts_of(tree.value(module)) {
        if !names.is_empty() {
            names.push(util::comma(tree));
        }
        names.push(util::name_after(tree, new, &prefix));
    }
    tree.replace(module, &names);
}

/// Renames the module that a member is taken from.
fn move_member(tree: &mut Tree, module: NodeId, member: NodeId) -> Option<&'static str> {
    let Some(new) = new_home(tree.value(module), tree.value(member)) else {
        return Some("This is an invalid module element");
    };
    util::rename(tree, module, new);
    None
}

/// Makes one import for each new module of an import of several names.
fn split_import(
    tree: &mut Tree,
    node: NodeId,
    module: NodeId,
    members: &[NodeId],
    corrects: bool,
) -> Result<Option<&'static str>, Trouble> {
    let mut homes: Vec<(&str, Vec<NodeId>)> = Vec::new();
    let mut lost = None;
    for member in members {
        let name = tree.first_child(*member).unwrap_or(*member);
        let mut home = new_home(tree.value(module), tree.value(name));
        if corrects && tree.kind(*member) != Kind::Comma {
            home = home.or_else(|| further_home(tree.value(name)));
            if home.is_none() {
                // Rather an import that fails than a name that is nowhere.
                lost = Some("This is an invalid module element");
                home = MODULES.iter().map(|(old, _)| *old).find(|old| *old == tree.value(module));
            }
        }
        let Some(home) = home else { continue };
        match homes.iter_mut().find(|(known, _)| *known == home) {
            Some((_, names)) => names.push(*member),
            None => homes.push((home, vec![*member])),
        }
    }
    if homes.is_empty() {
        return Ok(Some("All module elements are invalid"));
    }
    let prefix = tree.prefix(module).to_owned();
    let indentation = util::find_indentation(tree, node);
    let statement = tree.parent(node).ok_or_else(|| Trouble::new("an import outside of a statement"))?;
    let is_indented = tree.prefix(statement).ends_with(&indentation);
    let is_alone = stands_alone(tree, statement);
    let mut new: Vec<NodeId> = Vec::new();
    for (home, members) in homes {
        let is_first = new.is_empty();
        if !is_first {
            let semicolon = corrects && !is_alone;
            new.push(if semicolon { tree.new_leaf(Kind::Semi, ";") } else { util::newline(tree) });
        }
        let names = copies_of_members(tree, &members, &prefix);
        let import = util::from_import(tree, home, &names);
        if corrects && (is_first || !is_alone) {
            let prefix = if is_first { tree.prefix(node).to_owned() } else { " ".to_owned() };
            tree.set_prefix(import, &prefix);
        } else if !is_first || is_indented {
            tree.set_prefix(import, &indentation);
        }
        new.push(import);
    }
    tree.replace(node, &new);
    Ok(lost)
}

/// Whether a statement stands in a line of its own, and no other beside it.
fn stands_alone(tree: &Tree, statement: NodeId) -> bool {
    let block = tree.parent(statement).map(|block| tree.kind(block));
    tree.child_count(statement) == 2 && matches!(block, Some(Kind::FileInput | Kind::Suite))
}

/// The members with commas between them, all with the prefix of the module.
fn copies_of_members(tree: &mut Tree, members: &[NodeId], prefix: &str) -> Vec<NodeId> {
    let mut names = Vec::new();
    for member in members {
        if !names.is_empty() {
            names.push(util::comma(tree));
        }
        let parts: Vec<NodeId> = tree.children(*member).collect();
        let name = tree.value(parts.first().copied().unwrap_or(*member)).to_owned();
        let mut name = util::name_after(tree, &name, prefix);
        if let [_, as_leaf, alias] = *parts {
            let [as_leaf, alias] = [as_leaf, alias].map(|one| tree.clone_node(one));
            name = tree.new_node(Kind::ImportAsName, &[name, as_leaf, alias]);
        }
        names.push(name);
    }
    names
}
