//! Tables for papers.

use super::{Entry, NOTHING, Sheet};

/// Most rows of a table that fits on a page; a longer one goes on on the next.
const ON_A_PAGE: usize = 40;

/// Most columns of a table in the document's own size of type.
const NARROW: usize = 7;

/// Characters beyond Latin that are written as commands.
const KNOWN: [char; 8] = ['−', '±', '×', 'α', 'β', '…', '–', '⁶'];

/// A table in LaTeX, with the rules of `booktabs`; one that is longer than a page needs `longtable`.
pub fn latex(sheet: &Sheet) -> String {
    let numbers: Vec<bool> = (0..sheet.columns.len()).map(|at| sheet.is_of_numbers(at)).collect();
    let columns: String = numbers.iter().map(|of| if *of { 'r' } else { 'l' }).collect();
    let long = sheet.rows.len() > ON_A_PAGE;
    let (kind, packages) = match long {
        true => ("longtable", "booktabs, longtable"),
        false => ("tabular", "booktabs"),
    };
    let line = |entries: Vec<String>| format!("{} \\\\\n", entries.join(" & "));
    let header = line(sheet.columns.iter().map(|name| escape(name)).collect());
    let mut text = format!("% {}\n% Needs the packages {packages}.\n", comment(&sheet.title));
    let beyond = |c: char| c as u32 > 0x24f && !KNOWN.contains(&c);
    if sheet.rows.iter().flatten().any(|e| matches!(e, Entry::Text(t) if t.contains(beyond))) {
        text += "% Has letters that pdfLaTeX lacks: use LuaLaTeX or XeLaTeX, with a font that has them.\n";
    }
    let wide = sheet.columns.len() > NARROW;
    if wide {
        text += "{\\scriptsize\\setlength{\\tabcolsep}{3pt}\n";
    }
    text += &format!("\\begin{{{kind}}}{{{columns}}}\n\\toprule\n{header}\\midrule\n");
    if long {
        text += "\\endhead\n";
    }
    for row in &sheet.rows {
        text += &line(row.iter().map(entry).collect());
    }
    text += &format!("\\bottomrule\n\\end{{{kind}}}\n");
    if wide { text + "}\n" } else { text }
}

fn entry(entry: &Entry) -> String {
    match entry {
        Entry::Text(text) => escape(text),
        Entry::Word(word) => escape(word),
        Entry::Nothing => "--".to_owned(),
        Entry::Number(number) => {
            let spread =
                number.spread_text().map(|s| format!(" \\,{{\\scriptsize {}}}", escape(&s)));
            format!("{}{}", escape(&number.text()), spread.unwrap_or_default())
        }
    }
}

/// A comment is one line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Text whose characters all mean themselves. A letter that a LaTeX engine's font lacks is its
/// author's to choose a font for.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', c]),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '"' => escaped.push_str("''"),
            '−' => escaped.push_str("$-$"),
            '±' => escaped.push_str("$\\pm$"),
            '×' => escaped.push_str("$\\times$"),
            'α' => escaped.push_str("$\\alpha$"),
            'β' => escaped.push_str("$\\beta$"),
            '…' => escaped.push_str("\\dots{}"),
            '⁶' => escaped.push_str("$^6$"),
            '–' => escaped.push_str(if text == NOTHING { "--" } else { "--{}" }),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    // An asterisk or a bracket at the beginning of a row would belong to the line break before it.
    match escaped.starts_with(['[', '*']) {
        true => format!("{{}}{escaped}"),
        false => escaped,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::nasty;
    use super::*;

    const EXPECTED: &str = r"% 50 % of <b>
% Needs the packages booktabs.
\begin{tabular}{lrr}
\toprule
a,b\textbar{}c & gain & d\_e \& f \\
\midrule
\textless{}i\textgreater{}''x''\textless{}/i\textgreater{} \textbackslash{} \$\{\}\textasciicircum{}\textasciitilde{}\#\textbar{} =1+1 & +0.120 \,{\scriptsize $-$0.012 \dots{} +0.250} & 1,234.5 \,{\scriptsize $\pm$0.2 (3)} \\
plain & $-$0.500 & -- \\
\bottomrule
\end{tabular}
";

    #[test]
    fn a_table_as_papers_have_them() {
        assert_eq!(latex(&nasty()), EXPECTED);
    }

    #[test]
    fn what_is_longer_than_a_page_goes_on() {
        let mut sheet = Sheet::new("long", "Long", &[], &["n"]);
        (0..41).for_each(|n| sheet.push(vec![Entry::count(n)]));
        let text = latex(&sheet);
        assert!(text.contains("\\begin{longtable}{r}") && text.contains("\\midrule\n\\endhead\n"));
        sheet.rows.pop();
        assert!(latex(&sheet).contains("\\begin{tabular}{r}"));
    }

    #[test]
    fn no_row_begins_with_what_the_line_before_would_take() {
        assert_eq!(escape("[a]"), "{}[a]");
        assert_eq!(escape("*"), "{}*");
    }
}
