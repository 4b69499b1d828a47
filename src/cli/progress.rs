//! Progress bars on a terminal, one line per finished piece of work elsewhere.

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use synthctr::experiment::{CellRecord, Listener, Outlook, QualityRecord, Standing};
use synthctr::progress::Progress;
use synthctr::report::whole;

/// The overall bar's length: the work's cost is shown in parts of this many.
const PARTS: u64 = 10_000;

/// Shows how work goes on stderr: one bar for all of it, one for each job at hand.
pub struct Terminal {
    bars: MultiProgress,
    overall: ProgressBar,
    interactive: bool,
    state: Mutex<State>,
}

/// How far a run is.
struct State {
    started: Instant,
    cost: f64,
    cost_done: f64,
    cells: usize,
    cells_done: usize,
}

impl State {
    fn new(cost: f64, cells: usize) -> Self {
        Self { started: Instant::now(), cost, cost_done: 0.0, cells, cells_done: 0 }
    }

    /// The time left if the rest goes as the past, weighted by cost.
    fn remaining(&self) -> String {
        if self.cost_done <= 0.0 {
            return "estimating the time left".to_owned();
        }
        let rest = (self.cost - self.cost_done).max(0.0) / self.cost_done;
        let seconds = (self.started.elapsed().as_secs_f64() * rest).min(1e9);
        format!("{} left", HumanDuration(Duration::from_secs_f64(seconds)))
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("█▉▊▋▌▍▎▏ ")
}

/// `one cell`, `1,215 cells`.
pub fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("one {noun}"),
        _ => format!("{} {noun}s", whole(n)),
    }
}

impl Terminal {
    /// Bars if stderr is a terminal, lines otherwise.
    pub fn new() -> Self {
        let interactive = std::io::stderr().is_terminal();
        let target =
            if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let overall = bars.add(ProgressBar::new(PARTS));
        overall.set_style(style("{bar:30.cyan} {percent:>3}%  {msg}"));
        Self { bars, overall, interactive, state: Mutex::new(State::new(0.0, 0)) }
    }

    /// Removes the bars.
    pub fn clear(&self) {
        // Fails only if the terminal is gone, and then there is nothing to remove.
        let _ = self.bars.clear();
    }

    /// Prints a line above the bars.
    pub fn say(&self, line: &str) {
        self.bars.suspend(|| eprintln!("{line}"));
    }

    /// A bar of its own for the work called `name`, which goes when this is dropped.
    pub fn bar(&self, name: &str) -> Bar {
        let bar = self.bars.add(ProgressBar::new(1));
        bar.set_style(style("{bar:30.blue} {percent:>3}% {spinner} {prefix}  {msg}"));
        // Shows that work goes on where a step takes long.
        if self.interactive {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
        Bar { bars: self.bars.clone(), bar, name, interactive: self.interactive }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of work that is done; gives the time left.
    fn done(&self, cost: f64, cells: usize) -> (String, usize, usize) {
        let mut state = self.state();
        state.cost_done += cost;
        state.cells_done += cells;
        let (done, all, remaining) = (state.cells_done, state.cells, state.remaining());
        let share = state.cost_done / state.cost.max(f64::MIN_POSITIVE);
        drop(state);
        self.overall.set_position((share * PARTS as f64) as u64);
        self.overall.set_message(format!("{} of {}, {remaining}", whole(done), count(all, "cell")));
        (remaining, done, all)
    }
}

/// The bar of one piece of work.
pub struct Bar {
    bars: MultiProgress,
    bar: ProgressBar,
    /// With a colon, if there is one.
    name: String,
    interactive: bool,
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.bars.remove(&self.bar);
    }
}

impl Progress for Bar {
    fn start(&self, what: &str, total: u64) {
        // These may take long before anything is done.
        if !self.interactive && (what.starts_with("fit ") || what.starts_with("wait ")) {
            match total {
                0 => eprintln!("{}{what}", self.name),
                _ => eprintln!("{}{what}, {total} steps", self.name),
            }
        }
        self.bar.set_prefix(format!("{}{what}", self.name));
        self.bar.set_message("");
        self.bar.set_length(total);
        self.bar.set_position(0);
    }

    fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }

    fn note(&self, text: &str) {
        self.bar.set_message(text.to_owned());
    }

    fn finish(&self) {
        self.bar.set_position(self.bar.length().unwrap_or(0));
    }
}

impl Listener for Terminal {
    fn begin(&self, outlook: &Outlook) {
        let done = outlook.cells.iter().filter(|(_, s)| *s == Standing::Done).count();
        let cells = outlook.cells.len() - done;
        let mut text = count(cells, "cell");
        let more = [(outlook.fits, "fit"), (outlook.measured, "measurement")];
        for (n, noun) in more.into_iter().filter(|(n, _)| *n > 0) {
            text += &format!(", {}", count(n, noun));
        }
        text += &format!(" to do on {}", outlook.device);
        if outlook.jobs > 1 {
            text += &format!(", {} at a time", outlook.jobs);
        }
        if done > 0 {
            text += &format!("; {} done already", count(done, "cell"));
        }
        if !outlook.number_fields.is_empty() {
            text += &format!("; read as numbers: {}", outlook.number_fields.join(", "));
        }
        *self.state() = State::new(outlook.cost, cells);
        self.overall.enable_steady_tick(Duration::from_millis(200));
        self.overall.set_message(text.clone());
        if !self.interactive {
            eprintln!("{text}");
        }
    }

    fn job(&self, name: &str) -> Box<dyn Progress + '_> {
        Box::new(self.bar(name))
    }

    fn fit_done(&self, name: &str, cost: f64) {
        let (remaining, ..) = self.done(cost, 0);
        if !self.interactive {
            eprintln!("{name}: its rows are there, {remaining}");
        }
    }

    fn failed(&self, reason: &str, cost: f64) {
        self.done(cost, 0);
        self.say(&format!("error: {reason}"));
    }

    fn measured(&self, name: &str, record: &QualityRecord, cost: f64) {
        let (remaining, ..) = self.done(cost, 0);
        if !self.interactive {
            eprintln!("{name}: measured in {:.1} s, {remaining}", record.seconds);
        }
    }

    fn cell_done(&self, name: &str, record: &CellRecord, cost: f64) {
        let (remaining, done, cells) = self.done(cost, 1);
        let row = &record.row;
        let digits = cells.to_string().len();
        // What a program of the user's counts as an epoch nobody knows.
        let after = match row.epochs {
            0 => String::new(),
            epochs => format!(" after {}", count(epochs, "epoch")),
        };
        self.say(&format!(
            "[{done:digits$}/{cells}] {name}: AUC {:.3} %{after} in {:.1} s, {remaining}",
            100.0 * row.test_auc,
            row.train_seconds
        ));
    }

    fn warn(&self, message: &str) {
        self.say(&format!("warning: {message}"));
    }
}
