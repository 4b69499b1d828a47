//! JSON that breaks lines where lists of results do and nowhere deeper: short, and still read and compared line by line.

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// A value as JSON whose lists and objects are spread over lines down to this depth; what lies deeper stands on one line.
pub fn json_to_depth(value: &impl Serialize, depth: usize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    let format = Lines { depth, level: 0, filled: false };
    value.serialize(&mut Serializer::with_formatter(&mut text, format))?;
    text.push(b'\n');
    Ok(text)
}

struct Lines {
    depth: usize,
    /// How many lists and objects are open.
    level: usize,
    /// Whether the innermost of them has entries.
    filled: bool,
}

impl Lines {
    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn entry<W: ?Sized + Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        match self.level <= self.depth {
            true => self.line(out),
            false if first => Ok(()),
            false => out.write_all(b" "),
        }
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level -= 1;
        if self.filled && self.level < self.depth {
            self.line(out)?;
        }
        out.write_all(bracket)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        write!(out, "\n{:1$}", "", 2 * self.level)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.entry(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.entry(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json, to_string_pretty, to_vec};

    #[test]
    fn lines_break_down_to_a_depth() {
        let value = json!({"a": [{"b": [1, 2], "c": {}}, []], "d": {"e": null}, "f": []});
        let text = |depth| String::from_utf8(json_to_depth(&value, depth).unwrap()).unwrap();
        let wanted = "{\n  \"a\": [\n    {\"b\": [1, 2], \"c\": {}},\n    []\n  ],\n  \"d\": {\n    \"e\": null\n  },\n  \"f\": []\n}\n";
        assert_eq!(text(2), wanted);
        // As serde_json does it, if nothing is too deep; and nothing but spaces differs otherwise.
        assert_eq!(text(9), to_string_pretty(&value).unwrap() + "\n");
        for depth in 0..9 {
            let read: Value = serde_json::from_str(&text(depth)).unwrap();
            assert_eq!(read, value);
        }
        let packed: String = text(0).split_whitespace().collect();
        assert_eq!(packed.into_bytes(), to_vec(&value).unwrap());
    }
}
