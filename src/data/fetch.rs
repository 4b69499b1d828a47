//! Downloading a published data set, so that a broken download leaves nothing wrong behind.
//!
//! Bytes arrive in `<file>.part`, which a later attempt continues. Only a file whose checksum is
//! the published one ever gets its real name.

use super::error::{Place, RowAt};
use super::{DataError, archive, checksum};
use crate::files::write_whole;
use crate::progress::Progress;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A data set on the web that becomes CSV files with known checksums.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// Its name, and that of its folder.
    pub name: String,
    /// The address of the folder that holds the files.
    pub base_url: String,
    /// In what the files come.
    pub packing: Packing,
    /// The files.
    pub files: Vec<RemoteFile>,
    /// What its publishers allow.
    pub licence: String,
    /// What its publishers ask to be cited.
    pub citation: String,
}

/// In what files come.
#[derive(Clone, Debug, PartialEq)]
pub enum Packing {
    /// Each by itself, as libsvm, small enough for memory.
    Libsvm {
        /// The first line of every CSV file.
        header: String,
    },
    /// All in one zip archive, as CSV, however large.
    Zip {
        /// The archive's name on the web.
        archive: String,
    },
}

/// One file of a data set on the web.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteFile {
    /// Its name on the web, or in the archive.
    pub source: String,
    /// The name of the CSV file made from it.
    pub name: String,
    /// The md5 checksum of the CSV file.
    pub md5: String,
    /// The checksum of another version that is accepted where it is already there, and what a
    /// report must say about it.
    pub variant: Option<(String, String)>,
}

/// A file that is there and right.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// Where it is.
    pub path: PathBuf,
    /// Its md5 checksum.
    pub md5: String,
    /// Whether it was already there.
    pub already: bool,
    /// What a report must say about it.
    pub note: Option<String>,
}

impl RemoteFile {
    /// Whether the checksum is known; if so, what a report must say about that version.
    pub fn accept(&self, md5: &str) -> Option<Option<&str>> {
        match &self.variant {
            _ if md5 == self.md5 => Some(None),
            Some((variant, note)) if md5 == variant => Some(Some(note)),
            _ => None,
        }
    }

    /// What is wrong with a download of another checksum, to become the file at `path`.
    pub(super) fn damaged(&self, path: &Path, found: String) -> DataError {
        let advice = "the download is damaged or no longer the published one, and was deleted; \
                      run the command again";
        DataError::Checksum {
            path: path.to_path_buf(),
            found,
            expected: self.md5.clone(),
            advice: advice.into(),
        }
    }
}

/// Makes every file of `remote` be in its folder below `data_dir`, from `base_url` if given, else
/// from its own address. What is already there and right is left alone.
pub fn fetch(
    remote: &Remote,
    data_dir: &Path,
    base_url: Option<&str>,
    progress: &dyn Progress,
) -> Result<Vec<Fetched>, DataError> {
    let folder = data_dir.join(&remote.name);
    fs::create_dir_all(&folder).map_err(DataError::io("create", &folder))?;
    let base_url = base_url.unwrap_or(&remote.base_url).trim_end_matches('/');
    let bring = |name: &str| {
        let part = folder.join(format!("{name}.part"));
        download(&format!("{base_url}/{name}"), &part, progress).map(|()| part)
    };
    let (mut fetched, mut archive) = (Vec::new(), None);
    for file in &remote.files {
        let path = folder.join(&file.name);
        if let Some(there) = present(file, &path)? {
            fetched.push(there);
            continue;
        }
        match &remote.packing {
            Packing::Libsvm { header } => {
                install(header, file, &bring(&file.source)?, &path)?;
            }
            Packing::Zip { archive: name } => {
                let part = match &archive {
                    Some(part) => part,
                    None => archive.insert(bring(name)?),
                };
                archive::unpack(part, file, &path, progress)?;
            }
        }
        fetched.push(Fetched { path, md5: file.md5.clone(), already: false, note: None });
    }
    if let Some(part) = archive {
        fs::remove_file(&part).map_err(DataError::io("delete", &part))?;
    }
    Ok(fetched)
}

/// The file if it is there with a known checksum.
fn present(file: &RemoteFile, path: &Path) -> Result<Option<Fetched>, DataError> {
    let md5 = match checksum::of_file(path) {
        Err(DataError::Missing { .. }) => return Ok(None),
        md5 => md5?,
    };
    let note = file.accept(&md5).map(|note| note.map(str::to_string));
    Ok(note.map(|note| Fetched { path: path.to_path_buf(), md5, already: true, note }))
}

/// Brings the bytes at `url` into `part`, after those that are already there if the server can.
fn download(url: &str, part: &Path, progress: &dyn Progress) -> Result<(), DataError> {
    let failed = |reason: String| DataError::Download { url: url.into(), reason };
    let have = fs::metadata(part).map_or(0, |metadata| metadata.len());
    let seconds = |n| Some(Duration::from_secs(n));
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        // A compressed answer would make byte positions mean something else.
        .accept_encoding("identity")
        .timeout_connect(seconds(30))
        .timeout_recv_response(seconds(60))
        .timeout_per_read(seconds(60))
        .build()
        .new_agent();
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header("range", format!("bytes={have}-"));
    }
    let response = request.call().map_err(|error| {
        failed(format!("{error}; check the connection and run the command again"))
    })?;
    let continues = match response.status().as_u16() {
        200 => false,
        206 if have > 0 && range_start(&response) == Some(have) => true,
        // All of it is there already: the last attempt ended between the last byte and the check.
        416 if have > 0 => return Ok(()),
        status => {
            return Err(failed(format!(
                "the server answers {status}; check the address, or name a mirror with --base-url"
            )));
        }
    };
    let length = response.body().content_length();
    let name = part.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let before = if continues { have } else { 0 };
    progress.start(&name, length.map_or(0, |length| before + length));
    progress.advance(before);
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(continues).truncate(!continues);
    let mut out = options.open(part).map_err(DataError::io("write", part))?;
    let mut reader = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    let mut received = 0;
    let broken_off = |received: u64, reason: &str| {
        let of = length.map_or(String::new(), |length| format!(" of {}", before + length));
        failed(format!(
            "broken off after {}{of} bytes{reason}; run the command again to continue",
            before + received
        ))
    };
    loop {
        let n = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) => return Err(broken_off(received, &format!(" ({error})"))),
        };
        out.write_all(&buffer[..n]).map_err(DataError::io("write", part))?;
        received += n as u64;
        progress.advance(n as u64);
    }
    progress.finish();
    match length {
        Some(length) if received < length => Err(broken_off(received, "")),
        _ => Ok(()),
    }
}

/// The first byte of a partial answer: 500 in `Content-Range: bytes 500-999/1000`.
fn range_start(response: &ureq::http::Response<ureq::Body>) -> Option<u64> {
    let range = response.headers().get("content-range")?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// Turns a complete `part` into the CSV file `path`, or deletes it if it is not what it should be.
fn install(header: &str, file: &RemoteFile, part: &Path, path: &Path) -> Result<(), DataError> {
    let verified = convert(header, part).and_then(|csv| {
        let found = checksum::of_bytes(&csv);
        if found == file.md5 { Ok(csv) } else { Err(file.damaged(path, found)) }
    });
    if let Ok(csv) = &verified {
        write_whole(path, |out| out.write_all(csv)).map_err(DataError::io("write", path))?;
    }
    fs::remove_file(part).map_err(DataError::io("delete", part))?;
    verified.map(drop)
}

/// Turns lines `label code:1 code:1 …` into `label,code,code…` below the header, each ending with
/// CR LF as in the published CSV files.
fn convert(header: &str, part: &Path) -> Result<Vec<u8>, DataError> {
    let libsvm = fs::read(part).map_err(DataError::io("read", part))?;
    let mut csv = Vec::with_capacity(libsvm.len());
    csv.extend_from_slice(header.as_bytes());
    csv.extend_from_slice(b"\r\n");
    for (line, number) in libsvm.trim_ascii_end().split(|&byte| byte == b'\n').zip(1..) {
        for (position, entry) in line.trim_ascii().split(|&byte| byte == b' ').enumerate() {
            let code = if position == 0 { Some(entry) } else { entry.strip_suffix(b":1") };
            let digits = |code: &&[u8]| !code.is_empty() && code.iter().all(u8::is_ascii_digit);
            let Some(code) = code.filter(digits) else {
                let row = RowAt::Line(number);
                let place = Box::new(Place { path: part.to_path_buf(), row, column: None });
                let value = String::from_utf8_lossy(&entry[..entry.len().min(40)]).into_owned();
                return Err(DataError::NotLibsvm { place, value });
            };
            if position > 0 {
                csv.push(b',');
            }
            csv.extend_from_slice(code);
        }
        csv.extend_from_slice(b"\r\n");
    }
    Ok(csv)
}
