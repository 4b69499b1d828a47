//! Tables on a page.

use super::{Entry, NOTHING, Sheet};
use crate::report::html::{Cell, table};

/// A table in markup. Every number that has evidence is a link to it.
pub fn html(sheet: &Sheet) -> String {
    let header: Vec<&str> = sheet.columns.iter().map(String::as_str).collect();
    let row = |row: &Vec<Entry>| {
        let cell = |(at, entry): (usize, &Entry)| match entry {
            Entry::Text(text) if sheet.is_of_names(at) => Cell::Name(text.clone()),
            Entry::Text(text) => Cell::Text(text.clone()),
            Entry::Word(word) => Cell::Number((*word).to_owned()),
            Entry::Nothing => Cell::Number(NOTHING.to_owned()),
            Entry::Number(number) => Cell::Linked {
                text: number.text(),
                to: number.evidence.as_ref().map(|anchor| format!("#{anchor}")),
                faint: number.spread_text(),
            },
        };
        row.iter().enumerate().map(cell).collect()
    };
    let rows: Vec<Vec<Cell>> = sheet.rows.iter().map(row).collect();
    table(&sheet.title, &header, &rows)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{decided, nasty};
    use super::*;

    const EXPECTED: &str = r##"<div class="wide" tabindex="0" role="region" aria-label="50 % of &lt;b&gt;">
<table>
<caption>50 % of &lt;b&gt;</caption>
<thead><tr><th scope="col">a,b|c</th><th scope="col" class="number">gain</th><th scope="col" class="number">d_e &amp; f</th></tr></thead>
<tbody>
<tr><th scope="row">&lt;i&gt;&quot;x&quot;&lt;/i&gt; \ ${}^~#|
=1+1</th><td><a href="#c7">+0.120</a><br><i>−0.012 … +0.250</i></td><td>1,234.5 <i>±0.2 (3)</i></td></tr>
<tr><th scope="row">plain</th><td><a href="#c8">−0.500</a></td><td>–</td></tr>
</tbody>
</table>
</div>
"##;

    #[test]
    fn every_number_leads_to_what_it_rests_on() {
        assert_eq!(html(&nasty()), EXPECTED);
    }

    #[test]
    fn only_names_head_rows() {
        let page = html(&decided());
        let row = "<tr><th scope=\"row\">x</th><td>decided</td><td>7</td>\
                   <td class=\"text\">borne out</td></tr>";
        assert!(page.contains(row), "{page}");
        assert!(page.contains("<th scope=\"col\" class=\"number\">neg</th>"), "{page}");
    }
}
