//! Data sets that come as one archive, from a server on this machine.

use super::fetch::{Answer, Server};
use super::message;
use md5::{Digest, Md5};
use std::fs;
use std::io::Write;
use std::path::Path;
use synthctr::data::fetch::{Fetched, Packing, Remote, RemoteFile, fetch};
use synthctr::data::{DataError, DatasetConfig, load, reczoo};
use synthctr::seed::Seed;
use zip::write::SimpleFileOptions;

const FILES: [(&str, &str); 3] = [
    ("train.csv", "label,a\n1,x\n0,y\n1,y\n"),
    ("valid.csv", "label,a\n1,x\n0,x\n"),
    ("test.csv", "label,a\n0,x\n1,y\n"),
];

/// An archive of these files, in a folder of their own.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(format!("Tiny_x1/{name}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn remote() -> Remote {
    let file = |(name, content): (&str, &str)| RemoteFile {
        source: name.into(),
        name: name.into(),
        md5: Md5::digest(content).iter().map(|byte| format!("{byte:02x}")).collect(),
        variant: None,
    };
    Remote {
        name: "tiny".into(),
        base_url: "http://127.0.0.1:1/never".into(),
        packing: Packing::Zip { archive: "Tiny_x1.zip".into() },
        files: FILES.map(file).to_vec(),
        licence: "Do what you like.".into(),
        citation: "Nobody.".into(),
    }
}

fn ask(folder: &Path, server: &Server) -> Result<Vec<Fetched>, DataError> {
    fetch(&remote(), folder, Some(&server.url), &())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("tiny")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn all_files_come_out_of_one_download() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(archive(&FILES), &[]);
    let fetched = ask(folder.path(), &server).unwrap();
    assert!(fetched.iter().all(|file| !file.already));
    assert_eq!(names(folder.path()), ["test.csv", "train.csv", "valid.csv"]);
    for (name, content) in FILES {
        assert_eq!(fs::read_to_string(folder.path().join("tiny").join(name)).unwrap(), content);
    }
    assert!(ask(folder.path(), &server).unwrap().iter().all(|file| file.already));
    // One of them alone is fetched again where it is missing.
    fs::remove_file(folder.path().join("tiny/valid.csv")).unwrap();
    let again: Vec<bool> =
        ask(folder.path(), &server).unwrap().iter().map(|file| file.already).collect();
    assert_eq!(again, [true, false, true]);
    assert_eq!(server.requests(), ["/folder/Tiny_x1.zip"; 2]);
}

#[test]
fn a_download_that_breaks_off_continues_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(archive(&FILES), &[Answer::BreakOff(100)]);
    let error = ask(folder.path(), &server).unwrap_err().to_string();
    assert!(error.contains("broken off after 100 of"), "{error}");
    assert_eq!(names(folder.path()), ["Tiny_x1.zip.part"]);
    assert_eq!(ask(folder.path(), &server).unwrap().len(), 3);
    assert_eq!(server.requests()[1], "/folder/Tiny_x1.zip from 100");
}

#[test]
fn what_is_wrong_is_named_and_deleted() {
    let other = [FILES[0], ("valid.csv", "label,a\n1,z\n0,x\n"), FILES[2]];
    for (content, answers, wanted, left) in [
        (archive(&FILES), vec![Answer::WebPage], "not a whole zip archive", vec![]),
        (archive(&other), vec![], "tiny/valid.csv: the md5 checksum is", vec!["train.csv"]),
        (
            archive(&FILES[..2]),
            vec![],
            "there is no test.csv in it",
            vec!["train.csv", "valid.csv"],
        ),
        // A bit of the first file's content.
        (archive(&FILES), vec![Answer::Damage(60)], "train.csv", vec![]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::of(content, &answers);
        let error = ask(folder.path(), &server).unwrap_err();
        let text = message(error, folder.path());
        assert!(text.contains(wanted), "{text}");
        assert_eq!(names(folder.path()), left, "{text}");
    }
}

#[test]
fn the_published_data_sets_are_looked_at_before_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for name in reczoo::NAMES {
        let read = || {
            let error = load(&DatasetConfig::named(name), Some(folder.path()), Seed::master(1));
            error.unwrap_err().to_string()
        };
        let error = read();
        assert!(error.contains(&format!("synthctr data fetch {name}")), "{error}");
        fs::create_dir_all(folder.path().join(name)).unwrap();
        for (file, content) in FILES {
            fs::write(folder.path().join(name).join(file), content).unwrap();
        }
        let error = read();
        assert!(error.contains("train.csv: the md5 checksum is"), "{error}");
    }
}
