# SPDX-License-Identifier: MIT
"""cluster - a Slurm of our own on this machine: munged, slurmctld, two slurmd.

Configuration, state, ports and the munge key are the cluster's own, in a
directory of its own; it ends with close(), by pid. Each slurmd has a UTS
namespace, in which the machine is called as its node is: ranks see two hosts,
and a mount namespace, whose /etc/hosts has the nodes' names.
"""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from harness import processes
from harness.job import TOP, Fail, Skip

PROGRAMS = ("munged", "slurmctld", "slurmd", "srun", "sbatch", "scontrol")
SPANK = os.path.join(TOP, "build", "lib", "mana", "mana_spank.so")
CPUS = 32  # of a node; more than there are: what runs there mostly waits
CONF = """
ClusterName=mana
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={dir}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={dir}/state
SlurmctldPidFile={dir}/slurmctld.pid
SlurmdPidFile={dir}/slurmd.%n.pid
SlurmdSpoolDir={dir}/spool.%n
TmpFS={dir}/tmp.%n
SlurmctldLogFile={dir}/slurmctld.log
SlurmdLogFile={dir}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=5
SlurmdTimeout=10
InactiveLimit=0
JobRequeue=1
SlurmdParameters=config_overrides
SlurmctldParameters=preempt_send_user_signal
SchedulerParameters=sched_interval=5,bf_interval=5,batch_sched_delay=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
{nodes}
PartitionName=low Nodes=ALL Default=YES PriorityTier=1 GraceTime=10 MaxTime=2-0 OverSubscribe=NO
PartitionName=high Nodes=ALL PriorityTier=10 PreemptMode=OFF MaxTime=2-0 OverSubscribe=NO
"""


def free_ports(n):
    held = []
    for _ in range(n):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        held.append(s)
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def missing():
    """Why there can be no cluster here, or None."""
    for name in PROGRAMS:
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
            return "%s is not installed" % name
    if subprocess.run(["unshare", "--uts", "--mount", "true"],
                      stderr=subprocess.DEVNULL).returncode:
        return "no namespaces: unshare --uts --mount wants root's rights"
    return None


class Cluster:
    def __init__(self, nodes=("node1", "node2")):
        why = missing()
        if why:
            raise Skip(why)
        self.nodes = nodes
        self.dir = tempfile.mkdtemp(prefix="mana-slurm-")
        os.chmod(self.dir, 0o755)  # users of the cluster look in here
        self.conf = os.path.join(self.dir, "slurm.conf")
        self.env = dict(os.environ, SLURM_CONF=self.conf,
                        PATH=os.environ["PATH"] + ":/usr/sbin")
        self.running = {}  # name: Popen
        try:
            self.configure()
            self.begin()
        except BaseException:
            self.close()
            raise

    def configure(self):
        ctld, *ports = free_ports(1 + len(self.nodes))
        lines = ["NodeName=%s NodeAddr=127.0.0.1 NodeHostname=%s Port=%d "
                 "CPUs=%d RealMemory=4096" % (n, n, port, CPUS)
                 for n, port in zip(self.nodes, ports)]
        for name in ["state"] + ["%s.%s" % (what, n) for n in self.nodes
                                 for what in ("spool", "tmp")]:
            os.mkdir(os.path.join(self.dir, name))
        with open(self.conf, "w") as f:
            f.write(CONF.format(host=socket.gethostname().split(".")[0],
                                ctld=ctld, dir=self.dir,
                                nodes="\n".join(lines)))
        if os.path.exists(SPANK):
            with open(os.path.join(self.dir, "plugstack.conf"), "w") as f:
                f.write("required %s\n" % SPANK)
        with open(os.path.join(self.dir, "hosts"), "w") as f:
            f.write("127.0.0.1 localhost %s\n" % " ".join(self.nodes))
        with open(os.open(os.path.join(self.dir, "munge.key"),
                          os.O_CREAT | os.O_WRONLY, 0o400), "wb") as f:
            f.write(os.urandom(128))

    def start(self, name, *argv):
        with open(os.path.join(self.dir, name + ".out"), "a") as out:
            self.running[name] = subprocess.Popen(
                argv, env=self.env, cwd=self.dir, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out)

    def begin(self):
        munge = os.path.join(self.dir, "munge.")
        self.start("munged", "munged", "-F", "--force", "--num-threads=2",
                   "--socket=" + munge + "socket",
                   "--key-file=" + munge + "key",
                   "--log-file=" + munge + "log",
                   "--pid-file=" + munge + "pid",
                   "--seed-file=" + munge + "seed")
        self.until(lambda: os.path.exists(munge + "socket"), "munged's socket")
        self.start("slurmctld", "slurmctld", "-D", "-f", self.conf)
        for node in self.nodes:
            self.start_node(node)
        self.until(self.idle, "idle nodes", 60)

    def start_node(self, node):
        self.start("slurmd." + node, "unshare", "--uts", "--mount", "sh", "-c",
                   'hostname "$0" && mount --bind "$2" /etc/hosts && '
                   'exec slurmd -D -N "$0" -f "$1"', node, self.conf,
                   os.path.join(self.dir, "hosts"))

    def inside(self):
        """What comes before a command that knows the nodes by name."""
        return ("nsenter", "--mount=/proc/%d/ns/mnt" % next(
            p.pid for name, p in self.running.items() if "slurmd." in name))

    def kill_node(self, node):
        """The daemon and all that it runs are gone, as with their machine."""
        daemon = self.running.pop("slurmd." + node)
        processes.send(self.of_node(daemon.pid), signal.SIGKILL)
        daemon.wait(20)

    def of_node(self, daemon):
        """Pids in a slurmd's UTS namespace: itself, steps, their programs."""
        def uts(pid):
            try:
                return os.readlink("/proc/%d/ns/uts" % pid)
            except OSError:
                return None
        return [p for p in processes.descendants() if uts(p) == uts(daemon)]

    def idle(self):
        code, out, _ = self.ask("sinfo", "-h", "-N", "-p", "low", "-o", "%N %t")
        return code == 0 and sorted(out.split("\n")[:-1]) == [
            n + " idle" for n in sorted(self.nodes)]

    def ask(self, *argv, script=None, work=None):
        """(exit code, stdout, stderr) of a command of Slurm's."""
        p = subprocess.run(argv, env=self.env, input=script or "", cwd=work,
                           capture_output=True, text=True, timeout=30)
        return p.returncode, p.stdout, p.stderr

    def spawn(self, argv, out, work):
        return subprocess.Popen(argv, env=self.env, cwd=work, stdout=out,
                                stdin=subprocess.DEVNULL, stderr=out)

    def until(self, test, what, limit=20):
        end = time.monotonic() + limit
        while not test():
            for name, p in self.running.items():
                if p.poll() is not None:
                    raise Fail("%s ended with %d: %s" % (
                        name, p.returncode, self.said(name)))
            if time.monotonic() > end:
                raise Fail("%s: not within %d s: %s" % (
                    what, limit, self.said("slurmctld")))
            time.sleep(0.1)

    def said(self, name):
        with open(os.path.join(self.dir, name + ".out")) as f:
            return f.read()[-300:].strip()

    def submit(self, script, *options, work=None):
        """sbatch a text; the job's number."""
        code, out, err = self.ask("sbatch", "--parsable", *options,
                                  script=script, work=work)
        if code:
            raise Fail("sbatch: " + err.strip())
        return int(out.split(";")[0])

    def state(self, job):
        """What scontrol says of a job: {"JobState": ..., "Restarts": ...}."""
        code, out, err = self.ask("scontrol", "-o", "show", "job", str(job))
        if code:
            raise Fail("scontrol: " + err.strip())
        return dict(t.split("=", 1) for t in out.split() if "=" in t)

    def close(self):
        """Ends daemons and all that they left, by pid."""
        left = [p for name, d in self.running.items() if "slurmd." in name
                for p in self.of_node(d.pid)]
        for name in reversed(list(self.running)):
            self.running[name].terminate()
        for p in self.running.values():
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait(10)
        processes.send(left, signal.SIGKILL)
        shutil.rmtree(self.dir, ignore_errors=True)
