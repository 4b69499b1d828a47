//! Progress bars on a terminal, one line per finished cell elsewhere.

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use synthctr::experiment::{CellRecord, Listener, Outlook, Standing};
use synthctr::progress::Progress;

/// Shows how a run goes on stderr.
pub struct Terminal {
    bars: MultiProgress,
    overall: ProgressBar,
    stage: ProgressBar,
    interactive: bool,
    state: Mutex<State>,
}

struct State {
    started: Instant,
    cost: u64,
    cost_done: u64,
    cells: usize,
    cells_done: usize,
}

impl Terminal {
    /// Bars if stderr is a terminal, lines otherwise.
    pub fn new() -> Self {
        let interactive = std::io::stderr().is_terminal();
        let target =
            if interactive { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let overall = bars.add(ProgressBar::new(0));
        let stage = bars.add(ProgressBar::new(0));
        let style = |template: &str| {
            ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("█▉▊▋▌▍▎▏ ")
        };
        overall.set_style(style("{bar:30.cyan} {percent:>3}%  {msg}"));
        stage.set_style(style("{bar:30.blue} {percent:>3}%  {prefix}  {msg}"));
        let state =
            State { started: Instant::now(), cost: 0, cost_done: 0, cells: 0, cells_done: 0 };
        Self { bars, overall, stage, interactive, state: Mutex::new(state) }
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

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    /// The time left if the rest goes as the past, weighted by cost.
    fn remaining(&self) -> String {
        if self.cost_done == 0 {
            return "estimating the time left".to_owned();
        }
        let rest = self.cost.saturating_sub(self.cost_done) as f64 / self.cost_done as f64;
        let seconds = self.started.elapsed().as_secs_f64() * rest;
        format!("{} left", HumanDuration(Duration::from_secs_f64(seconds)))
    }
}

impl Progress for Terminal {
    fn start(&self, what: &str, total: u64) {
        // A fit may take long before the first cell is done.
        if !self.interactive && what.starts_with("fit ") {
            eprintln!("{what}: {total} steps");
        }
        self.stage.set_prefix(what.to_owned());
        self.stage.set_message("");
        self.stage.set_length(total);
        self.stage.set_position(0);
    }

    fn advance(&self, steps: u64) {
        self.stage.inc(steps);
    }

    fn note(&self, text: &str) {
        self.stage.set_message(text.to_owned());
    }

    fn finish(&self) {
        self.stage.set_position(self.stage.length().unwrap_or(0));
    }
}

impl Listener for Terminal {
    fn begin(&self, outlook: &Outlook) {
        let done = outlook.cells.iter().filter(|(_, s)| *s == Standing::Done).count();
        let cells = outlook.cells.len() - done;
        let mut text = format!("{cells} cells to do on {}", outlook.device);
        if done > 0 {
            text += &format!(", {done} stand already");
        }
        *self.state() = State {
            started: Instant::now(),
            cost: outlook.cost,
            cost_done: 0,
            cells,
            cells_done: 0,
        };
        self.overall.set_length(outlook.cost);
        self.overall.enable_steady_tick(Duration::from_millis(200));
        self.overall.set_message(text.clone());
        if !self.interactive {
            eprintln!("{text}");
        }
    }

    fn cell_done(&self, name: &str, record: &CellRecord, cost: u64) {
        let mut state = self.state();
        state.cost_done += cost;
        state.cells_done += 1;
        let (done, cells, remaining) = (state.cells_done, state.cells, state.remaining());
        drop(state);
        self.overall.inc(cost);
        self.overall.set_message(format!("{done} of {cells} cells, {remaining}"));
        if !self.interactive {
            let row = &record.row;
            let digits = cells.to_string().len();
            eprintln!(
                "[{done:digits$}/{cells}] {name}: AUC {:.3} % after {} epochs in {:.1} s, {remaining}",
                100.0 * row.test_auc,
                row.epochs,
                row.train_seconds
            );
        }
    }

    fn warn(&self, message: &str) {
        self.say(&format!("warning: {message}"));
    }
}
