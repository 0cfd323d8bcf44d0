#!/usr/bin/env bash
# Runs a sweep of 16 variants on a SLURM of this one machine, kills a job in the middle, and compares the
# collected table with that of a local run. Needs root and Debian's slurm-wlm and munge, which it installs where
# they are missing; starts the daemons by hand (there need be no systemd) and stops them again.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
python="$root/.venv/bin/python"
work=$(mktemp -d)
sweep="$root/tests/slurm/sweep.yml"
conf=/etc/slurm/slurm.conf

if [ -e "$conf" ]; then
    echo "This machine has a SLURM already ($conf): nothing is tried." >&2
    exit 1
fi
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends slurm-wlm munge >/dev/null
fi

pids=()
stop() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done; done
    rm -rf "$conf" "$work"
}
trap stop EXIT

host=$(hostname -s)
mkdir -p /etc/slurm "$work/state" "$work/spool" "$work/munge"
chmod 700 "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=1 count=1024 status=none
chmod 400 "$work/munge/key"
cat >"$conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
ReturnToService=2
MpiDefault=none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SchedulerParameters=sched_interval=5
CONF

munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed" >"$work/munged.log" 2>&1 &
pids+=($!)
sleep 1
slurmctld -D >"$work/slurmctld.log" 2>&1 &
pids+=($!)
sleep 2
slurmd -D -N "$host" >"$work/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 60); do
    [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break
    sleep 1
done
[ "$(sinfo -h -o %T)" = idle ] || { tail -20 "$work"/*.log >&2; exit 1; }
echo "SLURM $(sinfo --version | cut -d' ' -f2) on one machine: its node is idle."

echo "The sweep through SLURM, in jobs of four runs:"
"$python" -m helpers.cli sweep "$sweep" --out "$work/slurm" --profile slurm >"$work/said" 2>"$work/progress" &
running=$!
job=
until [ -n "$job" ]; do
    kill -0 "$running" 2>/dev/null || { cat "$work/said" "$work/progress" "$work/slurm/snakemake.log" >&2; exit 1; }
    # The first job that has finished a run and not all of its runs is killed
    for file in "$work"/slurm/results/*.jsonl; do
        [ -e "$file" ] || continue
        done_runs=$(grep -c '"rows"' "$file" || true)
        if [ "$done_runs" -ge 1 ] && [ "$done_runs" -le 2 ]; then
            job=$(squeue -h -t R -o %A | head -1)
            killed=$file
            [ -n "$job" ] && break
        fi
    done
    sleep 0.2
done
scancel "$job"
echo "A running job was killed with scancel, after $(grep -c '"rows"' "$killed") of its runs."
wait "$running" || { cat "$work/said" "$work/progress" "$work/slurm/snakemake.log" >&2; exit 1; }
sed "s|$work|OUT|" "$work/said"

"$python" - "$work/slurm" <<'PY'
import json, sys
from collections import Counter
from pathlib import Path
from helpers.sweeps import results
records = [r for p in sorted(Path(sys.argv[1], "results").glob("*.jsonl")) for r in results.lines(p)]
ended = Counter(r["id"] for r in records if "rows" in r)
begun = Counter(r["id"] for r in records if "seconds" not in r)
print(f"{len(ended)} runs have a result, {sum(n > 1 for n in ended.values())} of them more than one;")
print(f"{sum(n > 1 for n in begun.values())} were begun again after the kill.")
assert len(ended) == 16 and max(ended.values()) == 1
PY

echo "The same sweep without SLURM:"
"$python" -m helpers.cli sweep "$sweep" --out "$work/local" 2>/dev/null | sed "s|$work|OUT|"
"$python" - "$work" <<'PY'
import sys
from pathlib import Path
import pandas as pd
slurm, local = (pd.read_parquet(Path(sys.argv[1], name, "sweep.parquet")) for name in ("slurm", "local"))
pd.testing.assert_frame_equal(slurm, local, check_exact=True)
print(f"The two tables are equal in every cell: {len(local)} rows, {local['run'].nunique()} runs.")
PY
