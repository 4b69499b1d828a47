//! Experiments on a Slurm of this test's own: controller, two nodes and munge, on loopback, stopped at the end.

use crate::experiment::{synthctr, tiny_folder};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// A running Slurm.
struct Cluster {
    folder: tempfile::TempDir,
}

/// A port that nobody listens on.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn call(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&text));
}

impl Cluster {
    /// Starts one; none where Slurm is not installed.
    fn start() -> Option<Self> {
        let there =
            |program: &str| Command::new("which").arg(program).stdout(Stdio::null()).status();
        let needed = ["slurmctld", "slurmd", "munged", "sbatch", "scontrol"];
        if !needed.iter().all(|program| there(program).is_ok_and(|status| status.success())) {
            // `.ci/run` installs it and says that it must be there.
            assert!(std::env::var_os("SYNTHCTR_SLURM_TESTS").is_none(), "Slurm is not installed");
            eprintln!("skipped: needs Slurm and munge (Debian: slurm-wlm)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let key: Vec<u8> = (0..128).map(|_| port().to_le_bytes()[0]).collect();
        fs::write(at("munge.key"), key).unwrap();
        call("chmod", &["400", &at("munge.key")]);
        call("chmod", &["755", &folder.path().display().to_string()]);
        let [key, socket, pid, log, seed] = [
            "key-file=munge.key",
            "socket=munge.sock",
            "pid-file=munge.pid",
            "log-file=munge.log",
            "seed-file=munge.seed",
        ]
        .map(|option| {
            let (option, name) = option.split_once('=').unwrap();
            format!("--{option}={}", at(name))
        });
        call("munged", &["--force", &key, &socket, &pid, &log, &seed]);
        let read = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        let (host, user) = (read("hostname", &[]), read("id", &["-un"]));
        let here = folder.path().display();
        let node = |name: &str| {
            format!(
                "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={} CPUs=2 RealMemory=8000\n",
                port()
            )
        };
        let conf = format!(
            "ClusterName=test\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={}\nSlurmUser={user}\n\
             SlurmdUser={user}\nAuthType=auth/munge\nAuthInfo=socket={here}/munge.sock,cred_expire=5\n\
             StateSaveLocation={here}/state\nSlurmdSpoolDir={here}/spool-%n\n\
             SlurmctldPidFile={here}/ctld.pid\nSlurmdPidFile={here}/slurmd-%n.pid\n\
             SlurmctldLogFile={here}/ctld.log\nSlurmdLogFile={here}/slurmd-%n.log\n\
             ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nSelectType=select/cons_tres\n\
             SelectTypeParameters=CR_Core\nReturnToService=2\nSlurmdTimeout=10\nKillWait=2\nMpiDefault=none\n\
             SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=1\nMaxArraySize=6\n\
             {}{}PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP\n",
            port(),
            node("n1"),
            node("n2"),
        );
        fs::write(at("slurm.conf"), conf).unwrap();
        fs::create_dir(at("state")).unwrap();
        let cluster = Self { folder };
        for daemon in [&["slurmctld", "-c"][..], &["slurmd", "-N", "n1"], &["slurmd", "-N", "n2"]] {
            let status = cluster.command(daemon[0]).args(&daemon[1..]).status().unwrap();
            assert!(status.success(), "{daemon:?}");
        }
        let idle = || cluster.says("sinfo", &["-h", "-o", "%T %D"]).trim() == "idle 2";
        wait("for two idle nodes", 60, &idle);
        Some(cluster)
    }

    fn conf(&self) -> PathBuf {
        self.folder.path().join("slurm.conf")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.conf());
        command
    }

    fn says(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The processes that this cluster started on a node. Who watches jobs comes first: killed last it would
    /// tell that they were killed, which dead nodes do not.
    fn on_node(&self, node: &str) -> Vec<String> {
        let conf = self.conf().display().to_string();
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let ours = |id: &String| {
            let of = |file: &str| {
                let bytes = fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let environment = of("environ");
            let job = environment.contains(&format!("SLURMD_NODENAME={node}\0"));
            let daemon = of("cmdline").replace('\0', " ").contains(&format!("slurmd -N {node}"));
            environment.contains(&conf) && (job || daemon)
        };
        let ids = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let found: Vec<String> = ids.filter(|id| id.parse::<u32>().is_ok()).filter(ours).collect();
        let parent = |id: &String| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            Some(stat.rsplit_once(") ")?.1.split(' ').nth(1)?.to_owned())
        };
        let watches = |id: &String| {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).starts_with("slurmstepd")
        };
        let watchers: Vec<String> = found.iter().filter_map(parent).filter(watches).collect();
        [watchers, found].concat()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.command("scancel").arg("--full").args(["--user", "root"]).status().ok();
        for node in ["n1", "n2"] {
            let ids = self.on_node(node);
            Command::new("kill").arg("-9").args(&ids).stderr(Stdio::null()).status().ok();
        }
        for name in ["ctld.pid", "munge.pid"] {
            if let Ok(id) = fs::read_to_string(self.folder.path().join(name)) {
                Command::new("kill").arg("-9").arg(id.trim()).status().ok();
            }
        }
    }
}

/// Waits until something is so.
fn wait(what: &str, seconds: u64, is_so: &dyn Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(seconds), "waited in vain {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The finished cells and when their models were tested: a cell's own file may be completed later.
fn finished(run: &Path) -> BTreeMap<String, SystemTime> {
    let files = fs::read_dir(run.join("cells")).into_iter().flatten().flatten();
    let of = |file: fs::DirEntry| {
        let name = file.file_name().to_string_lossy().into_owned();
        let scores = run.join("scores").join(name.replace(".json", ".parquet"));
        let time = fs::metadata(scores).ok()?.modified().ok()?;
        (!name.starts_with('.')).then_some((name, time))
    };
    files.filter_map(of).collect()
}

/// `quick` in full where the program is fast, and an experiment of twenty cells where it is not.
fn experiment() -> (&'static str, usize) {
    if cfg!(debug_assertions) { ("tiny.toml", 20) } else { ("quick", 3 + 3 * 5 * 9) }
}

#[test]
fn an_experiment_survives_the_death_of_a_node() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tiny_folder();
    let (name, _) = experiment();
    let submit = |more: &[&str]| {
        let mut command = synthctr(folder.path());
        command.env("SLURM_CONF", cluster.conf());
        command.args(["submit", name, "--slurm", "--out", "run", "--task-seconds", "6"]).args(more);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    let plan = submit(&["--dry-run"]);
    assert!(plan.contains("waits for") && plan.contains("  fit "), "{plan}");
    assert!(!folder.path().join("run").exists());
    let said = submit(&["--no-quality"]);
    assert!(said.contains("gather: job "), "{said}");
    let run = folder.path().join("run");
    wait("for some cells", 300, &|| finished(&run).len() >= 4);
    // Killed, with all that runs there.
    wait("for processes of a node", 60, &|| !cluster.on_node("n2").is_empty());
    let ids = cluster.on_node("n2");
    Command::new("kill").arg("-9").args(&ids).status().unwrap();
    let before = finished(&run);
    wait("for a dead node", 120, &|| {
        cluster.says("sinfo", &["-h", "-n", "n2", "-o", "%T"]).contains("down")
    });
    assert!(cluster.command("slurmd").args(["-N", "n2"]).status().unwrap().success());
    wait("for all jobs", 900, &|| cluster.says("squeue", &["-h"]).trim().is_empty());
    let after = finished(&run);
    for (name, time) in &before {
        assert_eq!(after.get(name), Some(time), "{name} was done again");
    }
    let logs = || {
        let logs = fs::read_dir(run.join("slurm/1/log")).unwrap().flatten();
        let logs = logs.map(|log| fs::read_to_string(log.path()).unwrap()).collect::<Vec<_>>();
        let slurm = fs::read_to_string(cluster.folder.path().join("ctld.log")).unwrap();
        format!("{}\n{slurm}", logs.join("\n"))
    };
    assert!(run.join("report.html").is_file() && run.join("verdict.json").is_file(), "{}", logs());
    // The same as on one machine, bit for bit.
    let mut alone = synthctr(folder.path());
    alone.args(["run", name, "--out", "alone", "--no-quality"]).assert().success();
    assert_eq!(finished(&folder.path().join("alone")).len(), after.len(), "{}", logs());
    let mut compare = synthctr(folder.path());
    compare.args(["compare", "alone", "run"]).assert().success();
    let results =
        |run: &str| fs::read_to_string(folder.path().join(run).join("results.csv")).unwrap();
    assert_eq!(results("run").lines().count(), results("alone").lines().count());
    assert!(submit(&["--no-quality"]).starts_with("Nothing is left to do"));
    let cell = after.keys().next().unwrap();
    fs::remove_file(run.join("cells").join(cell)).unwrap();
    let plan = submit(&["--dry-run", "--no-quality"]);
    assert!(plan.contains("predicted from finished cells"), "{plan}");
}
