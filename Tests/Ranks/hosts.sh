#!/usr/bin/env bash
# Runs a command on two ranks of OpenMPI on two "hosts": namespaces with a network card and a name of their own, joined by a
# cable. hosts.sh [--rate 10gbit] COMMAND…; needs root, iproute2 and util-linux. As a launcher for timings.py: its `-n 2` is taken.
set -euo pipefail

# What OpenMPI calls in the place of ssh: [flags] HOST COMMAND…
if [[ ${REASSEMBLE_HOSTS:-} != '' && ${1:-} == --agent ]]; then
    shift
    while [[ $1 == -* ]]; do shift; done
    host=$1
    shift
    side=$([[ $host == *.1 ]] && echo a || echo b)
    exec ip netns exec "$REASSEMBLE_HOSTS$side" unshare --uts sh -c "hostname host-$side; $*"
fi

rate=''
while [[ ${1:-} == -* ]]; do
    case $1 in
        --rate) rate=$2 ;;
        -n) [[ $2 == 2 ]] || { echo "hosts.sh: there are two ranks" >&2; exit 2; } ;;
        *) echo "hosts.sh: $1 is not known" >&2; exit 2 ;;
    esac
    shift 2
done
[[ $# -gt 0 ]] || { echo "usage: hosts.sh [--rate RATE] COMMAND…" >&2; exit 2; }

export REASSEMBLE_HOSTS=rk$$
trap 'ip netns del "${REASSEMBLE_HOSTS}a" 2>/dev/null; ip netns del "${REASSEMBLE_HOSTS}b" 2>/dev/null' EXIT
for side in a b; do ip netns add "$REASSEMBLE_HOSTS$side"; done
ip -n "${REASSEMBLE_HOSTS}a" link add card type veth peer name card netns "${REASSEMBLE_HOSTS}b"
number=0
for side in a b; do
    space=$REASSEMBLE_HOSTS$side
    number=$((number + 1))
    ip -n "$space" addr add "10.77.0.$number/24" dev card
    ip -n "$space" link set card up
    ip -n "$space" link set lo up
    # A switch keeps little: what waits for the cable is sent within two milliseconds.
    [[ -z $rate ]] || ip netns exec "$space" tc qdisc add dev card root tbf rate "$rate" burst 256kb latency 2ms
done

ip netns exec "${REASSEMBLE_HOSTS}a" unshare --uts sh -c 'hostname host-a; agent=$1; shift
exec mpirun --allow-run-as-root -n 2 --host 10.77.0.1:1,10.77.0.2:1 --bind-to none --mca plm_rsh_agent "$agent --agent" \
    --mca pml ob1 --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
    -x REASSEMBLE_HOSTS "$@"' sh "$(realpath "$0")" "$@"
