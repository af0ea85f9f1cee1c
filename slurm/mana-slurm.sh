# shellcheck shell=sh
# mana-slurm.sh - to be sourced in a batch script: functions of the names that
# scripts for DMTCP and MANA use
#
#     . mana-slurm.sh
#     requeue_job func_trap USR1    # with #SBATCH --requeue --signal=B:USR1@60
#     start_coordinator -i 600
#     srun mana_launch ./my_program &
#     wait
#
# mana_run(1) does all of that in one word. Checkpoints are in $MANA_CKPTDIR
# (ckpt).

# start_coordinator [options of mana_coordinator]: one for this job, on this
# node, that ends with it. Beside it ./mana_command.JOB asks it, from any node:
# ./mana_command.JOB --status.
start_coordinator() {
	mana_coordinator --daemon --exit-on-last --listen 0.0.0.0 \
		-d "${MANA_CKPTDIR:-ckpt}" "$@" || return
	cat > "mana_command.$SLURM_JOB_ID" <<-END
		#!/bin/sh
		exec '$(command -v mana_command)' -d '$(cd "${MANA_CKPTDIR:-ckpt}" && pwd)' "\$@"
	END
	chmod +x "mana_command.$SLURM_JOB_ID"
}

# wait_coord: until all ranks have connected; fails after five minutes.
wait_coord() {
	for _ in $(seq 300); do
		mana_command -d "${MANA_CKPTDIR:-ckpt}" -s 2>/dev/null |
			grep -qE ' ([0-9]+) of \1 ranks connected' && return
		sleep 1
	done
	echo "wait_coord: the ranks have not connected in 300 s" >&2
	return 1
}

# ckpt_mana: a checkpoint, and back when it is committed.
ckpt_mana() {
	mana_command -d "${MANA_CKPTDIR:-ckpt}" --checkpoint --wait
}

# requeue_job FUNCTION SIGNAL: call FUNCTION when the job gets SIGNAL.
requeue_job() {
	# shellcheck disable=SC2064
	trap "$1" "$2"
}

# func_trap: a checkpoint, and Slurm begins the job again. Without a checkpoint
# nothing is ended.
func_trap() {
	ckpt_mana || return
	trap '' TERM
	scontrol requeue "$SLURM_JOB_ID"
}
