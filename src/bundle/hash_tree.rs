//! One hash for many files, of which each can be checked by itself: Merkle's tree over their names and
//! contents.

use crate::files::hexadecimal;
use sha2::{Digest, Sha256};

/// The root of the tree over files' names and contents, in the order given; as hexadecimal digits.
///
/// Leaves and inner nodes are hashed with different beginnings, so that neither can stand for the other;
/// where a level has an odd number of nodes the last goes up as it is.
pub fn root<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut level: Vec<[u8; 32]> =
        files.into_iter().map(|(name, content)| leaf(name, content)).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| if let [a, b] = pair { node(a, b) } else { pair[0] })
            .collect();
    }
    hexadecimal(level.first().unwrap_or(&[0; 32]))
}

fn leaf(name: &str, content: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0]);
    // Its length keeps name and content apart.
    hash.update((name.len() as u64).to_le_bytes());
    hash.update(name.as_bytes());
    hash.update(content);
    hash.finalize().into()
}

fn node(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(a);
    hash.update(b);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_root_is_what_the_definition_says() {
        let hex = |bytes: [u8; 32]| hexadecimal(&bytes);
        let [a, b, c] =
            [("a", &b"1"[..]), ("b", b"2"), ("c", b"")].map(|(n, t)| (leaf(n, t), (n, t)));
        assert_eq!(root([a.1]), hex(a.0));
        assert_eq!(root([a.1, b.1]), hex(node(&a.0, &b.0)));
        assert_eq!(root([a.1, b.1, c.1]), hex(node(&node(&a.0, &b.0), &c.0)));
        let whole: [u8; 32] =
            Sha256::digest([&[0, 1, 0, 0, 0, 0, 0, 0, 0][..], b"a1"].concat()).into();
        assert_eq!(a.0, whole);
        let inner: [u8; 32] = Sha256::digest([&[1][..], &a.0, &b.0].concat()).into();
        assert_eq!(root([a.1, b.1]), hex(inner));
        assert_eq!(root([]), "00".repeat(32));
    }

    proptest! {
        #[test]
        fn whatever_changes_changes_the_root(
            files in prop::collection::vec(("[a-c]{1,3}", prop::collection::vec(any::<u8>(), 0..5)), 1..9),
            at: prop::sample::Index,
            other in prop::collection::vec(any::<u8>(), 0..5),
        ) {
            let of = |files: &[(String, Vec<u8>)]| {
                root(files.iter().map(|(name, content)| (name.as_str(), content.as_slice())))
            };
            let before = of(&files);
            let mut changed = files.clone();
            let at = at.index(files.len());
            prop_assume!(changed[at].1 != other);
            changed[at].1 = other;
            prop_assert_ne!(&of(&changed), &before);
            let mut renamed = files.clone();
            renamed[at].0.push('z');
            prop_assert_ne!(&of(&renamed), &before);
            prop_assert_ne!(of(&files[..files.len() - 1]), before);
        }
    }
}
