//! Downloads from a server on this machine that serves, breaks off, damages and refuses.

use super::message;
use md5::{Digest, Md5};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use synthctr::data::fetch::{Fetched, Packing, Remote, RemoteFile, fetch};
use synthctr::data::{DataError, file_checksum};

const LIBSVM: &str = "1 0:1 7:1 12:1\n0 1:1 8:1 12:1\n0 1:1 9:1 13:1\n";
const CSV: &str = "label,user,item,city\r\n1,0,7,12\r\n0,1,8,12\r\n0,1,9,13\r\n";

/// How the server answers its next request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// As it should, ranges included.
    Serve,
    /// As it should, but without knowing ranges.
    ServeWhole,
    /// Promises all and hangs up after this many bytes.
    BreakOff(usize),
    /// Hangs up after this many bytes without having promised a length.
    BreakOffUnannounced(usize),
    /// Another byte at this position.
    Damage(usize),
    /// Something else altogether.
    WebPage,
    /// This status and nothing more.
    Status(u16),
}

/// A server that lives as long as the value.
pub struct Server {
    pub url: String,
    answers: Arc<Mutex<Vec<Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
}

impl Server {
    /// Answers in the given order, and after that as it should.
    fn new(answers: &[Answer]) -> Self {
        Self::of(LIBSVM.as_bytes().to_vec(), answers)
    }

    /// The same, of this content.
    pub fn of(content: Vec<u8>, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = Self {
            url: format!("http://{address}/folder"),
            answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())),
            requests: Arc::default(),
            over: Arc::default(),
        };
        let (answers, requests, over) =
            (server.answers.clone(), server.requests.clone(), server.over.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let answer = answers.lock().expect("a lock").pop().unwrap_or(Answer::Serve);
                let request = reply(stream.expect("a connection"), &content, answer);
                requests.lock().expect("a lock").push(request);
            }
        });
        server
    }

    /// Requests so far: path and range.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a lock").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the listener up.
        let address = self.url.trim_start_matches("http://").trim_end_matches("/folder");
        drop(TcpStream::connect(address));
    }
}

/// Reads one request, answers it, and returns what was asked for.
fn reply(mut stream: TcpStream, whole: &[u8], answer: Answer) -> String {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_string();
    let mut start = None;
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            start = range.trim_end_matches('-').parse::<usize>().ok();
        }
    }
    let mut send = |head: &str, body: &[u8]| {
        // A client that has seen enough may hang up first.
        drop(write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n"));
        drop(stream.write_all(body));
    };
    let length = |body: &[u8]| format!("200 OK\r\nContent-Length: {}", body.len());
    match (answer, start) {
        (Answer::Serve, Some(start)) if start >= whole.len() => {
            send("416 Range Not Satisfiable\r\nContent-Length: 0", b"");
        }
        (Answer::Serve, Some(start)) => {
            let rest = &whole[start..];
            let (last, all) = (whole.len() - 1, whole.len());
            let head = format!(
                "206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes \
                 {start}-{last}/{all}",
                rest.len()
            );
            send(&head, rest);
        }
        (Answer::Serve | Answer::ServeWhole, _) => send(&length(whole), whole),
        (Answer::BreakOff(n), _) => send(&length(whole), &whole[..n]),
        (Answer::BreakOffUnannounced(n), _) => send("200 OK", &whole[..n]),
        (Answer::Damage(position), _) => {
            let mut damaged = whole.to_vec();
            damaged[position] = b'5';
            send(&length(&damaged), &damaged);
        }
        (Answer::WebPage, _) => send("200 OK", b"<!DOCTYPE html>\n<title>Log in</title>\n"),
        (Answer::Status(status), _) => send(&format!("{status} No\r\nContent-Length: 0"), b""),
    }
    format!("{path}{}", start.map_or(String::new(), |start| format!(" from {start}")))
}

/// A data set of one file.
fn remote() -> Remote {
    let md5 = Md5::digest(CSV).iter().map(|byte| format!("{byte:02x}")).collect();
    Remote {
        name: "tiny".into(),
        base_url: "http://127.0.0.1:1/never".into(),
        packing: Packing::Libsvm { header: "label,user,item,city".into() },
        files: vec![RemoteFile {
            source: "train.libsvm".into(),
            name: "train.csv".into(),
            md5,
            variant: Some(("0cc175b9c0f1b6a831c399e269772661".into(), "just an a".into())),
        }],
        licence: "Do what you like.".into(),
        citation: "Nobody.".into(),
    }
}

/// A folder to download into, and what is asked of it.
struct Client(tempfile::TempDir);

impl Client {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn fetch(&self, server: &Server) -> Result<Vec<Fetched>, DataError> {
        fetch(&remote(), self.0.path(), Some(&server.url), &())
    }

    /// The error, without names of this machine.
    fn error(&self, server: &Server) -> String {
        let error = self.fetch(server).expect_err("an error");
        message(error, self.0.path()).replace(&server.url, "SERVER")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("tiny").join(name)
    }

    /// The names in the data set's folder.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("")).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }
}

#[test]
fn a_good_download_is_converted_and_not_repeated() {
    let (client, server) = (Client::new(), Server::new(&[]));
    let fetched = client.fetch(&server).expect("fetched");
    assert_eq!(fetched.len(), 1);
    assert!(!fetched[0].already);
    assert_eq!(client.read("train.csv"), CSV);
    assert_eq!(fetched[0].md5, file_checksum(&fetched[0].path).expect("a file"));
    assert_eq!(client.names(), ["train.csv"]);

    let again = client.fetch(&server).expect("still there");
    assert!(again[0].already);
    assert_eq!(server.requests(), ["/folder/train.libsvm"]);
}

#[test]
fn a_download_that_breaks_off_continues_where_it_was() {
    let (client, server) = (Client::new(), Server::new(&[Answer::BreakOff(20)]));
    assert_eq!(
        client.error(&server),
        "cannot download SERVER/train.libsvm: broken off after 20 of 45 bytes (Peer disconnected); run the command again to continue"
    );
    assert_eq!(client.names(), ["train.libsvm.part"]);
    assert_eq!(client.read("train.libsvm.part"), LIBSVM[..20]);
    client.fetch(&server).expect("the rest");
    assert_eq!(client.read("train.csv"), CSV);
    assert_eq!(client.names(), ["train.csv"]);
    let expected = ["/folder/train.libsvm", "/folder/train.libsvm from 20"];
    assert_eq!(server.requests(), expected);
}

#[test]
fn a_server_without_ranges_sends_everything_again() {
    let answers = [Answer::BreakOff(20), Answer::ServeWhole];
    let (client, server) = (Client::new(), Server::new(&answers));
    client.error(&server);
    client.fetch(&server).expect("all of it");
    assert_eq!(client.read("train.csv"), CSV);
}

#[test]
fn a_download_that_was_complete_is_only_checked() {
    let (client, server) = (Client::new(), Server::new(&[]));
    std::fs::create_dir(client.path("")).expect("a folder");
    std::fs::write(client.path("train.libsvm.part"), LIBSVM).expect("a file");
    client.fetch(&server).expect("complete");
    assert_eq!(client.read("train.csv"), CSV);
}

#[test]
fn damage_is_noticed_and_deleted() {
    for answer in [Answer::Damage(2), Answer::BreakOffUnannounced(30)] {
        let (client, server) = (Client::new(), Server::new(&[answer]));
        let error = client.error(&server);
        assert!(error.starts_with("tiny/train.csv: the md5 checksum is "), "{error}");
        assert!(error.contains("was deleted; run the command again"), "{error}");
        assert!(client.names().is_empty(), "{:?}", client.names());
        client.fetch(&server).expect("the second time");
        assert_eq!(client.read("train.csv"), CSV);
    }
}

#[test]
fn a_part_of_something_else_does_not_survive() {
    let (client, server) = (Client::new(), Server::new(&[]));
    std::fs::create_dir(client.path("")).expect("a folder");
    std::fs::write(client.path("train.libsvm.part"), "0 3:1 9:1").expect("a file");
    client.error(&server);
    assert!(client.names().is_empty());
    client.fetch(&server).expect("the second time");
    assert_eq!(client.read("train.csv"), CSV);
}

#[test]
fn a_web_page_is_no_data_set() {
    let (client, server) = (Client::new(), Server::new(&[Answer::WebPage]));
    assert_eq!(
        client.error(&server),
        "tiny/train.libsvm.part, line 1: \"<!DOCTYPE\" is no entry of a libsvm file, such as `17:1`; the file was deleted, check the address"
    );
    assert!(client.names().is_empty());
}

#[test]
fn a_refusal_is_reported() {
    let (client, server) = (Client::new(), Server::new(&[Answer::Status(404)]));
    assert_eq!(
        client.error(&server),
        "cannot download SERVER/train.libsvm: the server answers 404; check the address, or name a mirror with --base-url"
    );
    assert!(client.names().is_empty());
    let server = Server::new(&[Answer::Status(503)]);
    assert!(client.error(&server).contains("answers 503"));
}

#[test]
fn nobody_there_is_reported() {
    let client = Client::new();
    // Nothing listens on a port that was just given back.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let url = format!("http://{port}");
    let error = fetch(&remote(), client.0.path(), Some(&url), &()).expect_err("nobody");
    let text = error.to_string();
    assert!(text.starts_with(&format!("cannot download {url}/train.libsvm: ")), "{text}");
    assert!(text.ends_with("check the connection and run the command again"), "{text}");
}

#[test]
fn files_that_are_wrong_are_replaced_and_known_variants_kept() {
    let (client, server) = (Client::new(), Server::new(&[]));
    std::fs::create_dir(client.path("")).expect("a folder");
    std::fs::write(client.path("train.csv"), "half a fi").expect("a file");
    assert!(!client.fetch(&server).expect("fetched")[0].already);
    assert_eq!(client.read("train.csv"), CSV);

    std::fs::write(client.path("train.csv"), "a").expect("a file");
    let fetched = client.fetch(&server).expect("there");
    assert!(fetched[0].already);
    assert_eq!(fetched[0].note.as_deref(), Some("just an a"));
}

#[test]
fn a_failed_replacement_leaves_what_was_there() {
    let (client, server) = (Client::new(), Server::new(&[Answer::Damage(2)]));
    std::fs::create_dir(client.path("")).expect("a folder");
    std::fs::write(client.path("train.csv"), "old").expect("a file");
    client.error(&server);
    assert_eq!(client.read("train.csv"), "old");
}

#[test]
fn a_folder_that_cannot_be_made_is_reported() {
    let client = Client::new();
    let blocked = client.0.path().join("tiny");
    std::fs::write(&blocked, "a file in the way").expect("a file");
    let error = fetch(&remote(), client.0.path(), None, &()).expect_err("blocked");
    assert!(message(error, Path::new(client.0.path())).starts_with("cannot create tiny: "));
}
