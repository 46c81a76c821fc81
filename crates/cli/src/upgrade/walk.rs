//! Which files a list of files and folders stands for, in 2to3's order.
//!
//! Files that are named are taken whatever they are called; of folders their
//! `.py` files, a folder's files before its folders, each by name, without
//! those whose names begin with a dot. Links to folders are not followed.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// A step of the walk: `2to3 -v` tells of the folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Into(String),
    File(String),
}

/// All steps for what was named on the command line.
pub fn walk(names: &[String]) -> Vec<Step> {
    let mut steps = Vec::new();
    for name in names {
        if Path::new(name).is_dir() {
            descend(name, &mut steps);
        } else {
            steps.push(Step::File(name.clone()));
        }
    }
    steps
}

fn descend(top: &str, steps: &mut Vec<Step>) {
    // A stack, as folders may lie deep in each other.
    let mut waiting = vec![top.to_owned()];
    while let Some(folder) = waiting.pop() {
        // A folder that cannot be listed counts as empty.
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        steps.push(Step::Into(folder.clone()));
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for entry in entries.flatten() {
            let name = text_of(&entry.file_name());
            if name.starts_with('.') {
                continue;
            }
            let kind = entry.file_type().ok();
            let is_link = kind.is_some_and(|kind| kind.is_symlink());
            let is_folder = match kind {
                Some(kind) if !is_link => kind.is_dir(),
                _ => entry.path().is_dir(),
            };
            match is_folder {
                true if !is_link => folders.push(name),
                true => {}
                false if extension(&name) == Some(".py") => files.push(name),
                false => {}
            }
        }
        files.sort_unstable();
        folders.sort_unstable();
        steps.extend(files.iter().map(|name| Step::File(join(&folder, name))));
        waiting.extend(folders.iter().rev().map(|name| join(&folder, name)));
    }
}

fn extension(name: &str) -> Option<&str> {
    name.rfind('.').map(|dot| &name[dot..])
}

/// `os.path.join`: no second slash behind one that is there.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() || folder.ends_with('/') {
        format!("{folder}{name}")
    } else {
        format!("{folder}/{name}")
    }
}

/// `os.path.commonprefix`, and then the folder that it is in: what `-o` mirrors.
pub fn common_folder(names: &[String]) -> String {
    let (Some(least), Some(most)) = (names.iter().min(), names.iter().max()) else { return String::new() };
    let same = least.chars().zip(most.chars()).take_while(|(a, b)| a == b);
    let mut prefix: String = same.map(|(a, _)| a).collect();
    if !prefix.is_empty() && !prefix.ends_with('/') && !Path::new(&prefix).is_dir() {
        prefix = folder_of(&prefix).to_owned();
    }
    prefix
}

/// `os.path.dirname`.
pub fn folder_of(path: &str) -> &str {
    let Some(slash) = path.rfind('/') else { return "" };
    let head = &path[..=slash];
    let trimmed = head.trim_end_matches('/');
    if trimmed.is_empty() { head } else { trimmed }
}

/// A name as text. One that is no text cannot be opened by what comes out, and is reported then.
pub fn text_of(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_before_folders_and_hidden_ones_never() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().to_str().unwrap().to_owned();
        fs::create_dir_all(folder.path().join("b/.hidden")).unwrap();
        fs::create_dir_all(folder.path().join("a")).unwrap();
        for name in ["z.py", "a/x.py", "a/x.txt", "b/y.py", "b/.hidden/h.py", ".h.py", "b/Y.py"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        std::os::unix::fs::symlink(folder.path().join("a"), folder.path().join("c")).unwrap();
        let files: Vec<String> = walk(std::slice::from_ref(&top))
            .into_iter()
            .filter_map(|step| match step {
                Step::File(name) => Some(name[top.len() + 1..].to_owned()),
                Step::Into(_) => None,
            })
            .collect();
        assert_eq!(files, ["z.py", "a/x.py", "b/Y.py", "b/y.py"]);
        assert_eq!(walk(&["no.txt".to_owned()]), [Step::File("no.txt".to_owned())]);
    }

    #[test]
    fn folders_in_common_are_whole_folders() {
        let of =
            |names: &[&str]| common_folder(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["p/ab.py", "p/ac.py"]), "p");
        assert_eq!(of(&["/ab.py", "/ac.py"]), "/");
        assert_eq!(of(&["a.py"]), "");
        assert_eq!(join("a/", "b"), "a/b");
    }
}
