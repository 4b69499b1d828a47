//! Downloading a published data set: consent is asked for elsewhere, here bytes are moved.

/// A data set on the web: libsvm files that become CSV files with known checksums.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// Its name, and that of its folder.
    pub name: String,
    /// The address of the folder that holds the files.
    pub base_url: String,
    /// The first line of every CSV file.
    pub header: String,
    /// The files.
    pub files: Vec<RemoteFile>,
    /// What its publishers allow.
    pub licence: String,
    /// What its publishers ask to be cited.
    pub citation: String,
}

/// One file of a data set on the web.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteFile {
    /// Its name on the web.
    pub source: String,
    /// The name of the CSV file made from it.
    pub name: String,
    /// The md5 checksum of the CSV file.
    pub md5: String,
}
