//! Anonymeter's risks, as far as they say something.

use crate::metrics::privacy::anonymeter::{Anonymeter, Attackers, Doubt, Rate};

/// The risk, where the attack does better than guessing.
pub fn risk(attackers: &Attackers) -> Option<Rate> {
    let too_weak = attackers.doubts.contains(&Doubt::NoBetterThanGuessing);
    attackers.risk.filter(|_| !too_weak)
}

/// The column that is guessed better than blindly with the highest risk: the one whose interval
/// begins highest, and of equal ones the one whose estimate is highest.
///
/// The estimate alone would choose columns that hardly leave anything to guess: what is beyond the
/// control is divided by the little that the control leaves open.
pub fn worst_column(anonymeter: &Anonymeter) -> Option<(&str, &Attackers, Rate)> {
    let of = |(name, attackers): (_, _)| Some((String::as_str(name), attackers, risk(attackers)?));
    let higher = |a: Rate, b: Rate| {
        let begins = a.interval[0].total_cmp(&b.interval[0]);
        begins.then(a.value.total_cmp(&b.value)).is_gt()
    };
    let columns = anonymeter.inference.iter().filter_map(of);
    columns.reduce(|best, next| if higher(next.2, best.2) { next } else { best })
}

/// What an attack means, and why its number says little, if it does.
pub fn explained(meaning: &str, attackers: Option<&Attackers>) -> String {
    let doubts = attackers.map_or(&[][..], |attackers| &attackers.doubts);
    match doubts.iter().map(Doubt::to_string).collect::<Vec<_>>().join("; ") {
        doubts if doubts.is_empty() => meaning.to_owned(),
        doubts => format!("{meaning}. Doubt: {doubts}"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::metrics::privacy::anonymeter::SinglingOut;

    /// Attackers of a risk.
    pub fn attackers(value: f64, interval: [f64; 2], doubts: &[Doubt]) -> Attackers {
        let rate = Rate { value, interval };
        Attackers {
            attacks: 100,
            main: rate,
            baseline: rate,
            control: Some(rate),
            risk: Some(rate),
            doubts: doubts.to_vec(),
        }
    }

    fn worst(columns: &[(&str, Attackers)]) -> Option<String> {
        let of = |(name, attackers): &(&str, Attackers)| ((*name).to_owned(), attackers.clone());
        let anonymeter = Anonymeter {
            singling_out: SinglingOut::default(),
            linkability: None,
            inference: columns.iter().map(of).collect(),
            notes: Default::default(),
        };
        worst_column(&anonymeter).map(|(name, ..)| name.to_owned())
    }

    #[test]
    fn the_worst_column_is_the_one_whose_risk_is_sure() {
        let weak = [Doubt::NoBetterThanGuessing];
        let saturated = || attackers(0.4, [0.0, 0.9], &[]);
        let sure = || attackers(0.1, [0.05, 0.15], &[]);
        let faint = || attackers(0.02, [0.0, 0.05], &[]);
        assert_eq!(worst(&[("a", sure()), ("z", saturated())]).as_deref(), Some("a"));
        // Equal lower ends: the estimate, not the alphabet.
        assert_eq!(worst(&[("a", saturated()), ("z", faint())]).as_deref(), Some("a"));
        assert_eq!(worst(&[("a", faint()), ("z", saturated())]).as_deref(), Some("z"));
        let loud = attackers(0.9, [0.8, 1.0], &weak);
        assert_eq!(worst(&[("a", loud.clone()), ("z", faint())]).as_deref(), Some("z"));
        assert_eq!(worst(&[("a", loud)]), None);
        let control = Attackers { risk: None, ..sure() };
        assert_eq!(worst(&[("a", control)]), None);
    }

    #[test]
    fn doubts_stand_behind_the_meaning() {
        let sure = attackers(0.1, [0.05, 0.15], &[]);
        assert_eq!(explained("What it is", Some(&sure)), "What it is");
        assert_eq!(explained("What it is", None), "What it is");
        let few = attackers(0.1, [0.05, 0.15], &[Doubt::FewPredicates { found: 3 }]);
        assert_eq!(
            explained("What it is", Some(&few)),
            "What it is. Doubt: only 3 predicates single out a synthetic row: the risk may be \
             underestimated"
        );
    }
}
