//! Finding the name somebody probably meant.

/// The candidate that looks most like `name`, if one looks enough like it to be a slip.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let slips = |candidate: &str| strsim::damerau_levenshtein(&name, &candidate.to_lowercase());
    let nearest = candidates.into_iter().min_by_key(|candidate| slips(candidate))?;
    let allowed = (name.chars().count().max(nearest.chars().count()) / 2).max(2);
    (slips(nearest) <= allowed && !name.is_empty()).then_some(nearest)
}

/// A sentence for an unknown name: what it was, what was probably meant, what is valid.
pub fn unknown(what: &str, name: &str, candidates: &[&str]) -> String {
    let valid = candidates.join(", ");
    match nearest(name, candidates.iter().copied()) {
        Some(nearest) => {
            format!("unknown {what} `{name}`; did you mean `{nearest}`? (valid: {valid})")
        }
        None => format!("unknown {what} `{name}` (valid: {valid})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let generators = ["smoten", "gaussian-copula", "resample", "independent"];
        assert_eq!(nearest("smote", generators), Some("smoten"));
        assert_eq!(nearest("Gaussian_Copula", generators), Some("gaussian-copula"));
        assert_eq!(nearest("quantum-annealer", generators), None);
        assert_eq!(nearest("", generators), None);
    }

    #[test]
    fn the_sentence_names_the_valid_ones() {
        assert_eq!(
            unknown("model", "dn", &["dnn", "deepfm"]),
            "unknown model `dn`; did you mean `dnn`? (valid: dnn, deepfm)"
        );
        assert_eq!(unknown("model", "xyzzy", &["dnn"]), "unknown model `xyzzy` (valid: dnn)");
    }
}
