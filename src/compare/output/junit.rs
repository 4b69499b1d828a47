//! A comparison as JUnit XML: one test case per cell, measured table, mean and cost, and one for each
//! reason why the light is red, so that what counts failures sees it.

use super::{Report, words};
use crate::compare::programs::CostJudgement;
use crate::compare::{CompareError, Comparison, EntryChange, Kind};
use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

/// The document.
pub fn junit(report: &Report) -> Result<String, CompareError> {
    let mut document = Document::new("synthctr compare");
    document.add_test_suite(gate(report));
    if let Some(quality) = &report.quality {
        for kind in Kind::ALL {
            document.add_test_suite(results(quality, kind));
        }
        document.add_test_suite(means(quality));
    }
    if let Some(costs) = &report.costs {
        let mut suite = TestSuite::new("costs");
        suite.add_test_cases(costs.iter().filter(|cost| cost.tolerance.is_some()).map(of_cost));
        document.add_test_suite(suite);
    }
    let failed = |e: quick_junit::SerializeError| CompareError::Setting(format!("JUnit XML: {e}"));
    document.to_string().map_err(failed)
}

/// The light: some reasons are of no cell, mean or cost.
fn gate(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new("gate");
    let of_reason =
        |reason: &String| failed(words::first_clause(reason), NonSuccessKind::Failure, reason, "");
    suite.add_test_cases(report.reasons().iter().map(of_reason));
    if report.green {
        suite.add_test_case(passed("green"));
    }
    suite
}

fn passed(name: &str) -> TestCase {
    TestCase::new(name, TestCaseStatus::success())
}

fn failed(name: &str, kind: NonSuccessKind, message: &str, details: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    if !details.is_empty() {
        status.set_description(details);
    }
    TestCase::new(name, status)
}

/// The cells, or the measured tables.
fn results(quality: &Comparison, kind: Kind) -> TestSuite {
    let mut suite = TestSuite::new(kind.folder());
    let of_kind = |names: &'_ [(Kind, String)]| -> Vec<String> {
        names.iter().filter(|(of, _)| *of == kind).map(|(_, name)| name.clone()).collect()
    };
    suite.add_test_cases(of_kind(&quality.equal).iter().map(|name| passed(name)));
    for change in quality.changes.iter().filter(|change| change.kind == kind) {
        let details = differences(change);
        suite.add_test_case(if quality.is_red(change) {
            let message = format!("{} differ", words::count(change.leaves.len(), "number"));
            failed(&change.name, NonSuccessKind::Failure, &message, &details)
        } else {
            let mut case = passed(&change.name);
            case.set_system_out(details);
            case
        });
    }
    suite.add_test_cases(
        of_kind(&quality.missing)
            .iter()
            .map(|name| failed(name, NonSuccessKind::Failure, "in BASE and not in NEW", "")),
    );
    let is_of_kind = |file: &str| file.rsplit('/').nth(1) == Some(kind.folder());
    let damaged = quality.damaged.iter().filter(|(file, _)| is_of_kind(file));
    suite.add_test_cases(damaged.map(|(file, why)| failed(file, NonSuccessKind::Error, why, "")));
    suite
}

/// A line for each number that differs.
fn differences(change: &EntryChange) -> String {
    let value = |value: &Option<serde_json::Value>| {
        value.as_ref().map_or("absent".to_owned(), ToString::to_string)
    };
    let lines = change
        .leaves
        .iter()
        .map(|leaf| format!("{}: {} -> {}", leaf.path, value(&leaf.base), value(&leaf.new)));
    lines.collect::<Vec<_>>().join("\n")
}

fn means(quality: &Comparison) -> TestSuite {
    let mut suite = TestSuite::new("means");
    suite.add_test_cases(quality.effects.iter().map(|effect| {
        let name = words::name(effect);
        if effect.regression && quality.means_are_judged {
            let message = format!(
                "worse by {} {}, tolerated is {}, p = {}",
                words::number(effect.loss.mean),
                effect.unit,
                words::number(effect.tolerance),
                words::p_value(effect.loss.p_value)
            );
            failed(&name, NonSuccessKind::Failure, &message, "")
        } else {
            passed(&name)
        }
    }));
    suite
}

fn of_cost(cost: &CostJudgement) -> TestCase {
    let message = format!(
        "{}: {} to {} {}",
        words::share(cost.more),
        words::number(cost.old),
        words::number(cost.new),
        cost.unit
    );
    if cost.regression {
        return failed(&cost.what, NonSuccessKind::Failure, &message, "");
    }
    let mut case = passed(&cost.what);
    case.set_system_out(message);
    case
}
